package org.cancelsafe.emu.ke;

import static org.cancelsafe.emu.machine.Irql.APC_LEVEL;

import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.OwnedGate;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * {@code KGUARDED_MUTEX}: owned by one thread, in a guarded region, at the IRQL it came with; not acquired by it again.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/fast-mutexes-and-guarded-mutexes">
 *     Fast mutexes and guarded mutexes</a>
 */
public final class KGuardedMutex extends OwnedGate {

  /** {@code KeInitializeGuardedMutex}: a free mutex. */
  public KGuardedMutex(@Nullable String name) {
    super(name);
  }

  /**
   * {@code KeAcquireGuardedMutex}: enters a guarded region, waits until the mutex is free, and takes it.
   *
   * <p>IRQL: at most APC_LEVEL, unchanged. Bug check: {@code 0xC4/0x2000F} above.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keacquireguardedmutex">
   *     KeAcquireGuardedMutex</a>
   */
  public void acquire() {
    Activity self = checkIrql("KeAcquireGuardedMutex");
    self.disableAllApcs(1);
    self.machine().block(self, StepKind.ACQUIRE_GUARDED_MUTEX, this, -1);
  }

  /**
   * {@code KeReleaseGuardedMutex}: gives the mutex back and leaves the guarded region.
   *
   * <p>IRQL: at most APC_LEVEL, unchanged. Bug check: {@code 0xC4/0x2000F} above.
   *
   * @throws IllegalStateException when the caller does not own it
   */
  public void release() {
    Activity self = checkIrql("KeReleaseGuardedMutex");
    free(self);
    self.disableAllApcs(-1);
  }

  /**
   * {@code KeTryToAcquireGuardedMutex}: takes the mutex if it is free, and enters a guarded region then.
   *
   * <p>IRQL: at most APC_LEVEL, unchanged.
   *
   * @return whether the caller owns it now
   */
  public boolean tryToAcquire() {
    Activity self = checkIrql("KeTryToAcquireGuardedMutex");
    self.machine().preemptionPoint(self);
    self.machine().step(StepKind.TRY_GUARDED_MUTEX, this);
    boolean taken = tryPass(self);
    if (taken) {
      self.disableAllApcs(1);
    }
    self.machine().outcome(taken);
    return taken;
  }

  /**
   * {@code KeAcquireGuardedMutexUnsafe}: takes the mutex where all APCs are disabled already: at APC_LEVEL or in a
   * guarded region.
   *
   * <p>IRQL: at most APC_LEVEL, unchanged. Bug checks: {@code 0xC4/0x2000F} above; {@code 0xC4/0x4000E} where APCs are
   * enabled.
   */
  public void acquireUnsafe() {
    Activity self = checkIrql("KeAcquireGuardedMutexUnsafe");
    checkGuarded(self, "KeAcquireGuardedMutexUnsafe");
    self.machine().block(self, StepKind.ACQUIRE_GUARDED_MUTEX, this, -1);
  }

  /** {@code KeReleaseGuardedMutexUnsafe}: gives back what {@link #acquireUnsafe} has taken. IRQL: at most APC_LEVEL. */
  public void releaseUnsafe() {
    Activity self = checkIrql("KeReleaseGuardedMutexUnsafe");
    checkGuarded(self, "KeReleaseGuardedMutexUnsafe");
    free(self);
  }

  private void free(Activity self) {
    self.machine().step(StepKind.RELEASE_GUARDED_MUTEX, this);
    giveBack(self);
  }

  private Activity checkIrql(String routine) {
    Activity self = Activity.current();
    if (self.isAbove(APC_LEVEL)) {
      throw Rule.IRQL_APC_LTE.violated(
          self.machine(), routine + "(" + this + ") at " + self.irql(), self.irql().level());
    }
    return self;
  }

  private void checkGuarded(Activity self, String routine) {
    if (self.machine().verifies() && !Ke.areAllApcsDisabled()) {
      throw Rule.GUARDED_REGIONS.violated(
          self.machine(), routine + "(" + this + ") outside a guarded region and below APC_LEVEL", this);
    }
  }

  @Override
  public String kindName() {
    return "KGUARDED_MUTEX";
  }
}
