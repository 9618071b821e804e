package org.cancelsafe.emu.ex;

import static org.cancelsafe.emu.machine.Irql.APC_LEVEL;

import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.OwnedGate;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * {@code FAST_MUTEX}: owned by one thread, at APC_LEVEL, and not acquired by it again.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/fast-mutexes-and-guarded-mutexes">
 *     Fast mutexes and guarded mutexes</a>
 */
public final class FastMutex extends OwnedGate {
  private Irql oldIrql = Irql.PASSIVE_LEVEL;

  /** {@code ExInitializeFastMutex}: a free mutex. */
  public FastMutex(@Nullable String name) {
    super(name);
  }

  /**
   * {@code ExAcquireFastMutex}: waits until the mutex is free, takes it and raises to APC_LEVEL.
   *
   * <p>IRQL: at most APC_LEVEL on entry, APC_LEVEL on exit. Bug check: {@code 0xC4/0x33} above.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exacquirefastmutex">
   *     ExAcquireFastMutex</a>
   */
  public void acquire() {
    Activity self = Activity.current();
    Irql old = checkIrql(self, "ExAcquireFastMutex");
    take(self);
    oldIrql = old;
    self.raise(APC_LEVEL);
  }

  /**
   * {@code ExReleaseFastMutex}: gives the mutex back and restores the IRQL.
   *
   * <p>IRQL: APC_LEVEL on entry, what it was at {@link #acquire} on exit. Bug check, where everything is
   * checked: {@code 0xC4/0x34} at another one.
   *
   * @throws IllegalStateException when the caller does not own it
   */
  public void release() {
    Activity self = Activity.current();
    if (self.machine().checks(Rule.FAST_MUTEX_RELEASE) && owner() == self && !self.isAt(APC_LEVEL)) {
      throw Rule.FAST_MUTEX_RELEASE.violated(
          self.machine(), "ExReleaseFastMutex(" + this + ") at " + self.irql(), self.irql().level(), this);
    }
    Irql old = oldIrql;
    give(self);
    self.lower(old);
  }

  /**
   * {@code ExTryToAcquireFastMutex}: takes the mutex if it is free, and raises to APC_LEVEL then.
   *
   * <p>IRQL: at most APC_LEVEL on entry, APC_LEVEL on exit if it was taken.
   */
  public boolean tryToAcquire() {
    Activity self = Activity.current();
    Irql old = checkIrql(self, "ExTryToAcquireFastMutex");
    self.machine().preemptionPoint(self);
    self.machine().step(StepKind.TRY_FAST_MUTEX, this);
    boolean taken = tryPass(self);
    if (taken) {
      oldIrql = old;
      self.raise(APC_LEVEL);
    }
    self.machine().outcome(taken);
    return taken;
  }

  /**
   * {@code ExAcquireFastMutexUnsafe}: takes the mutex where normal kernel APCs are disabled already: at APC_LEVEL or in
   * a critical region.
   *
   * <p>IRQL: at most APC_LEVEL, unchanged. Bug checks: {@code 0xC4/0x33} above; where everything is checked,
   * {@code 0xC4/0x39} with APCs enabled.
   */
  public void acquireUnsafe() {
    Activity self = Activity.current();
    checkIrql(self, "ExAcquireFastMutexUnsafe");
    Apcs.checkDisabled(self, "ExAcquireFastMutexUnsafe", this, Rule.ACQUIRE_UNSAFE_WITH_APCS);
    take(self);
  }

  private void take(Activity self) {
    self.machine().block(self, StepKind.ACQUIRE_FAST_MUTEX, this, -1);
  }

  /**
   * {@code ExReleaseFastMutexUnsafe}: gives back what {@link #acquireUnsafe} has taken.
   *
   * <p>IRQL: at most APC_LEVEL, unchanged. Bug checks: {@code 0xC4/0x33} above; where everything is checked,
   * {@code 0xC4/0x3A} with APCs enabled.
   *
   * @throws IllegalStateException when the caller does not own it
   */
  public void releaseUnsafe() {
    Activity self = Activity.current();
    checkIrql(self, "ExReleaseFastMutexUnsafe");
    Apcs.checkDisabled(self, "ExReleaseFastMutexUnsafe", this, Rule.RELEASE_UNSAFE_WITH_APCS);
    give(self);
  }

  private void give(Activity self) {
    self.machine().step(StepKind.RELEASE_FAST_MUTEX, this);
    giveBack(self);
  }

  private Irql checkIrql(Activity self, String routine) {
    if (self.isAbove(APC_LEVEL)) {
      throw Rule.FAST_MUTEX_ABOVE_APC.violated(
          self.machine(), routine + "(" + this + ") at " + self.irql(), self.irql().level());
    }
    return self.irql();
  }

  @Override
  public String kindName() {
    return "FAST_MUTEX";
  }
}
