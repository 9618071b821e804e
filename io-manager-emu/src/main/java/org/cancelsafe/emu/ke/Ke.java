package org.cancelsafe.emu.ke;

import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;

import com.google.common.math.LongMath;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.Rule;

/** The kernel's routines that act on the calling processor or thread. */
public final class Ke {
  private static final long UNIT_NANOS = 100;

  private Ke() {}

  /** A kernel time, in units of 100 ns, in nanoseconds; as many as there are when that is more than fits. */
  static long nanos(long hundredNanos) {
    return LongMath.saturatedMultiply(hundredNanos, UNIT_NANOS);
  }

  /** {@code KeGetCurrentIrql}: the IRQL of the caller's processor. IRQL: any. */
  public static Irql getCurrentIrql() {
    return Activity.current().irql();
  }

  /**
   * {@code KeRaiseIrql}: raises the IRQL of the caller's processor.
   *
   * <p>IRQL: at most {@code newIrql} on entry, {@code newIrql} on exit. Bug check: {@code 0xC4/0x30} for a lower level.
   *
   * @return the IRQL on entry, for {@link #lowerIrql}
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keraiseirql">KeRaiseIrql</a>
   */
  public static Irql raiseIrql(Irql newIrql) {
    Activity self = Activity.current();
    Irql old = self.irql();
    if (newIrql.isBelow(old)) {
      throw Rule.RAISE_TO_LOWER.violated(
          self.machine(), "raise from " + old + " to " + newIrql, old.level(), newIrql.level());
    }
    self.raise(newIrql);
    self.machine().step(StepKind.RAISE_IRQL, self, newIrql);
    return old;
  }

  /**
   * {@code KeRaiseIrqlToDpcLevel}: raises the IRQL of the caller's processor to DISPATCH_LEVEL.
   *
   * @return the IRQL on entry
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keraiseirqltodpclevel">
   *     KeRaiseIrqlToDpcLevel</a>
   */
  public static Irql raiseIrqlToDpcLevel() {
    return raiseIrql(DISPATCH_LEVEL);
  }

  /**
   * {@code KeLowerIrql}: restores the IRQL of the caller's processor.
   *
   * <p>IRQL: at least {@code newIrql} on entry, {@code newIrql} on exit. Bug checks: {@code 0xC4/0x31} for a higher
   * level; {@code 0xF} when that drops below the IRQL of a spin lock that the caller holds.
   *
   * @param newIrql what the preceding raise returned
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kelowerirql">KeLowerIrql</a>
   */
  public static void lowerIrql(Irql newIrql) {
    Activity self = Activity.current();
    if (newIrql.isAbove(self.irql())) {
      throw Rule.LOWER_TO_HIGHER.violated(
          self.machine(), "lower from " + self.irql() + " to " + newIrql, self.irql().level(), newIrql.level());
    }
    if (self.spinLocksHeld() > 0 && newIrql.isBelow(DISPATCH_LEVEL)) {
      throw Rule.SPIN_LOCK_RECURSION.violated(
          self.machine(), "IRQL lowered to " + newIrql + " by " + self + ", which holds a spin lock");
    }
    self.lower(newIrql);
  }

  /**
   * {@code KeFlushQueuedDpcs}: returns when all DPCs that were queued before, on whatever processor, have run.
   *
   * <p>IRQL: PASSIVE_LEVEL. Bug check: {@code 0xA} above.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keflushqueueddpcs">
   *     KeFlushQueuedDpcs</a>
   */
  public static void flushQueuedDpcs() {
    Activity self = Activity.current();
    if (self.isAbove(Irql.PASSIVE_LEVEL)) {
      throw Rule.FLUSH_DPCS_ABOVE_PASSIVE.violated(
          self.machine(), "KeFlushQueuedDpcs at " + self.irql() + ", " + self, self.irql().level());
    }
    DpcsInProgress.of(self.machine()).flush(self);
  }

  /**
   * {@code KeDelayExecutionThread}: gives up the processor for at least this long. On an explored machine: until any
   * later step.
   *
   * <p>IRQL: at most APC_LEVEL. Bug check: {@code 0xC4/0x121} above.
   *
   * @param hundredNanos how long, in units of 100 ns
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kedelayexecutionthread">
   *     KeDelayExecutionThread</a>
   */
  public static void delayExecutionThread(long hundredNanos) {
    if (hundredNanos < 0) {
      throw new IllegalArgumentException("a delay is 0 or more units of 100 ns, not " + hundredNanos);
    }
    Activity self = Activity.current();
    if (self.irql().ownsProcessor()) {
      throw Rule.WAIT_AT_DISPATCH.violated(self.machine(), self + " delays at " + self.irql(), self.irql().level());
    }
    self.machine().delay(self, nanos(hundredNanos));
  }
}
