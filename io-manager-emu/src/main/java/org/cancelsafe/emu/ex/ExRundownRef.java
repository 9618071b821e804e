package org.cancelsafe.emu.ex;

import java.util.concurrent.atomic.AtomicLong;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * {@code EX_RUNDOWN_REF}: counts who uses a shared object, so that its owner can wait until nobody does and nobody
 * will.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/run-down-protection">
 *     Run-down protection</a>
 */
public final class ExRundownRef extends Gate {
  private static final long RUN_DOWN = 1L << 40;
  private static final long HOLDERS = RUN_DOWN - 1;

  private final AtomicLong word = new AtomicLong();

  /** {@code ExInitializeRundownProtection}. */
  public ExRundownRef(@Nullable String name) {
    super(name);
  }

  /**
   * {@code ExAcquireRundownProtection}: takes protection, unless the object is being run down.
   *
   * <p>IRQL: at most DISPATCH_LEVEL, unchanged. Bug check: {@code 0xC4/0x20011} above.
   *
   * @return false when the run down has begun, and the object must not be touched
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exacquirerundownprotection">
   *     ExAcquireRundownProtection</a>
   */
  public boolean acquireProtection() {
    return acquire("ExAcquireRundownProtection", 1);
  }

  /** {@code ExAcquireRundownProtectionEx}: as {@link #acquireProtection}, so many times at once. */
  public boolean acquireProtectionEx(int count) {
    return acquire("ExAcquireRundownProtectionEx", count);
  }

  private boolean acquire(String routine, int count) {
    Machine machine = announce(routine, Irql.DISPATCH_LEVEL, Rule.IRQL_DISPATCH_LTE);
    long addend = checkCount(count);
    boolean granted = !isRunDown(word.getAndUpdate(old -> isRunDown(old) ? old : old + addend));
    machine.outcome(granted);
    return granted;
  }

  /**
   * {@code ExReleaseRundownProtection}: gives protection back.
   *
   * <p>IRQL: at most DISPATCH_LEVEL, unchanged. Bug check: {@code 0xC4/0x20011} above.
   *
   * @throws IllegalStateException when nobody has it
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exreleaserundownprotection">
   *     ExReleaseRundownProtection</a>
   */
  public void releaseProtection() {
    release("ExReleaseRundownProtection", 1);
  }

  /** {@code ExReleaseRundownProtectionEx}: as {@link #releaseProtection}, so many times at once. */
  public void releaseProtectionEx(int count) {
    release("ExReleaseRundownProtectionEx", count);
  }

  private void release(String routine, int count) {
    Machine machine = announce(routine, Irql.DISPATCH_LEVEL, Rule.IRQL_DISPATCH_LTE);
    long given = checkCount(count);
    if ((word.getAndUpdate(old -> (old & HOLDERS) < given ? old : old - given) & HOLDERS) < given) {
      throw new IllegalStateException(
          routine + "(" + this + ") by " + Activity.current() + ": protection is given back that nobody has");
    }
    machine.opened(this);
  }

  /**
   * {@code ExWaitForRundownProtectionRelease}: grants no more protection, and waits until all of it was given back.
   * Once the object is run down it returns at once.
   *
   * <p>IRQL: at most APC_LEVEL. Bug check: {@code 0xC4/0x2000F} above.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exwaitforrundownprotectionrelease">
   *     ExWaitForRundownProtectionRelease</a>
   */
  public void waitForProtectionRelease() {
    Machine machine = announce("ExWaitForRundownProtectionRelease", Irql.APC_LEVEL, Rule.IRQL_APC_LTE);
    word.getAndUpdate(old -> old | RUN_DOWN);
    machine.block(Activity.current(), StepKind.WAIT_RUNDOWN, this, -1);
  }

  /**
   * {@code ExRundownCompleted}: says that the object is run down.
   *
   * <p>IRQL: at most APC_LEVEL.
   *
   * @throws IllegalStateException when it was not waited for
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exrundowncompleted">
   *     ExRundownCompleted</a>
   */
  public void completed() {
    announce("ExRundownCompleted", Irql.APC_LEVEL, Rule.IRQL_APC_LTE);
    checkRunDown("ExRundownCompleted");
  }

  /**
   * {@code ExReInitializeRundownProtection}: protects a new object.
   *
   * <p>IRQL: at most APC_LEVEL.
   *
   * @throws IllegalStateException when the old one is not run down
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exreinitializerundownprotection">
   *     ExReInitializeRundownProtection</a>
   */
  public void reInitializeProtection() {
    announce("ExReInitializeRundownProtection", Irql.APC_LEVEL, Rule.IRQL_APC_LTE);
    checkRunDown("ExReInitializeRundownProtection");
    word.set(0);
  }

  private void checkRunDown(String routine) {
    if (word.get() != RUN_DOWN) {
      throw new IllegalStateException(
          routine + "(" + this + "): it was not run down, ExWaitForRundownProtectionRelease first");
    }
  }

  private Machine announce(String routine, Irql highest, Rule rule) {
    Activity self = Activity.current();
    if (self.isAbove(highest)) {
      throw rule.violated(self.machine(), routine + "(" + this + ") at " + self.irql(), self.irql().level());
    }
    self.machine().preemptionPoint(self);
    self.machine().step(StepKind.CHANGE_RUNDOWN, this, routine);
    return self.machine();
  }

  private static long checkCount(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("run-down protection is taken and given back at least once, not " + count);
    }
    return count;
  }

  private static boolean isRunDown(long word) {
    return (word & RUN_DOWN) != 0;
  }

  @Override
  public boolean passable(Activity activity) {
    return (word.get() & HOLDERS) == 0;
  }

  @Override
  public boolean tryPass(Activity activity) {
    return passable(activity);
  }

  @Override
  public String kindName() {
    return "EX_RUNDOWN_REF";
  }

  @Override
  public String snapshot() {
    long now = word.get();
    return (now & HOLDERS) + (isRunDown(now) ? " run down" : "");
  }
}
