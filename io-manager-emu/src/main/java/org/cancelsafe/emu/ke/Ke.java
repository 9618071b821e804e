package org.cancelsafe.emu.ke;

import static java.util.Objects.requireNonNull;
import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;

import com.google.common.math.LongMath;
import java.util.List;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Processor;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/** The kernel's routines that act on the calling processor or thread. */
public final class Ke {
  private static final long UNIT_NANOS = 100;
  private static final long UNITS_PER_SECOND = 10_000_000;
  private static final int TICK = 156_250;
  private static final long SECONDS_FROM_1601_TO_1970 = 11_644_473_600L;

  private static final long ABSOLUTE_FROM = 300L * 365 * 86_400 * UNITS_PER_SECOND;
  private static final int MAXIMUM_WAIT_OBJECTS = 64;
  private static final long EVERY_PROCESSOR = -1;

  private Ke() {}

  /** A kernel time, in units of 100 ns, in nanoseconds; as many as there are when that is more than fits. */
  static long nanos(long hundredNanos) {
    return LongMath.saturatedMultiply(hundredNanos, UNIT_NANOS);
  }

  /**
   * How many nanoseconds from now a kernel time is: below 0 it counts from now, as the kernel has it; above 0 too,
   * unless it is more than 300 years and so can only be a time as {@link #querySystemTime} tells it.
   */
  static long nanosUntil(long time) {
    return nanos(
        time < ABSOLUTE_FROM
            ? Math.abs(Math.max(time, -Long.MAX_VALUE))
            : Math.max(0, time - querySystemTime()));
  }

  /**
   * {@code KeQuerySystemTime}: the time in units of 100 ns since 1601. On an explored machine, where a replay must find
   * the same time, it stands still. IRQL: any.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kequerysystemtime-r1">
   *     KeQuerySystemTime</a>
   */
  public static long querySystemTime() {
    return Activity.current().machine().hasVirtualTime()
        ? SECONDS_FROM_1601_TO_1970 * UNITS_PER_SECOND
        : (System.currentTimeMillis() + SECONDS_FROM_1601_TO_1970 * 1_000) * (UNITS_PER_SECOND / 1_000);
  }

  /**
   * {@code KeQueryInterruptTime}: the time since the machine was switched on, in units of 100 ns. On an explored
   * machine it stands still. IRQL: any.
   */
  public static long queryInterruptTime() {
    return Activity.current().machine().hasVirtualTime() ? 0 : System.nanoTime() / UNIT_NANOS;
  }

  /** {@code KeQueryTimeIncrement}: how much a tick of the clock adds to the time, in units of 100 ns. IRQL: any. */
  public static int queryTimeIncrement() {
    return TICK;
  }

  /**
   * {@code KeQueryTickCount}: how many ticks of the clock there were since the machine was switched on. On an explored
   * machine it stands still. IRQL: any.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kequerytickcount">
   *     KeQueryTickCount</a>
   */
  public static long queryTickCount() {
    return queryInterruptTime() / TICK;
  }

  /** {@code KeGetCurrentThread}: the calling thread. IRQL: at most DISPATCH_LEVEL. */
  public static KThread getCurrentThread() {
    return KThread.of(Activity.current());
  }

  /**
   * {@code KeGetCurrentProcessorNumber}: the processor that the caller runs on. Below DISPATCH_LEVEL it may be another
   * one by the time the caller looks; an explored machine tells one that the caller could have. IRQL: any.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kegetcurrentprocessornumberex">
   *     KeGetCurrentProcessorNumberEx</a>
   */
  public static int getCurrentProcessorNumber() {
    Activity self = Activity.current();
    Processor processor = self.processor();
    self.machine().lookedAtProcessor(self);
    if (processor != null) {
      return processor.number();
    }
    return Math.min(Long.numberOfTrailingZeros(self.affinity()), self.machine().processors().size() - 1);
  }

  /** {@code KeQueryActiveProcessorCount}: how many processors there are. IRQL: any. */
  public static int queryActiveProcessorCount() {
    return Activity.current().machine().processors().size();
  }

  /** {@code KeQueryActiveProcessors}: the processors there are, a bit for each. IRQL: any. */
  public static long queryActiveProcessors() {
    return -1L >>> Long.SIZE - queryActiveProcessorCount();
  }

  /**
   * {@code KeSetSystemAffinityThreadEx}: from now on the calling thread runs on these processors only. A mask without a
   * processor of the machine changes nothing.
   *
   * <p>IRQL: at most APC_LEVEL.
   *
   * @param affinity a bit for each processor
   * @return the mask before, for {@link #revertToUserAffinityThread}; 0 when there was none
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kesetsystemaffinitythreadex">
   *     KeSetSystemAffinityThreadEx</a>
   */
  public static long setSystemAffinityThread(long affinity) {
    Activity self = Activity.current();
    long active = affinity & queryActiveProcessors();
    long before = self.affinity() == EVERY_PROCESSOR ? 0 : self.affinity();
    if (active != 0) {
      self.machine().setAffinity(self, active);
    }
    return before;
  }

  /**
   * {@code KeRevertToUserAffinityThreadEx}: the calling thread runs again where it did.
   *
   * @param affinity what {@link #setSystemAffinityThread} returned
   */
  public static void revertToUserAffinityThread(long affinity) {
    Activity self = Activity.current();
    self.machine().setAffinity(self, affinity == 0 ? EVERY_PROCESSOR : affinity);
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
          self.machine(), "KeRaiseIrql(" + newIrql + ") at " + old, old.level(), newIrql.level());
    }
    self.raise(newIrql);
    if (self.machine().verifies()) {
      self.raised(old);
    }
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
   * level, and, when verifying, for another one than the preceding raise returned; {@code 0xF} when that drops below
   * the IRQL of a spin lock that the caller holds.
   *
   * @param newIrql what the preceding raise returned
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kelowerirql">KeLowerIrql</a>
   */
  public static void lowerIrql(Irql newIrql) {
    Activity self = Activity.current();
    if (newIrql.isAbove(self.irql())) {
      throw Rule.LOWER_TO_HIGHER.violated(
          self.machine(), "KeLowerIrql(" + newIrql + ") at " + self.irql(), self.irql().level(), newIrql.level());
    }
    if (self.spinLocksHeld() > 0 && newIrql.isBelow(DISPATCH_LEVEL)) {
      throw Rule.SPIN_LOCK_RECURSION.violated(
          self.machine(), "IRQL lowered to " + newIrql + " by " + self + ", which holds a spin lock");
    }
    if (self.machine().verifies()) {
      checkPrecedingRaise(self, newIrql);
    }
    self.lower(newIrql);
  }

  private static void checkPrecedingRaise(Activity self, Irql newIrql) {
    Irql expected = self.precedingRaise();
    if (expected != null && expected != newIrql) {
      throw Rule.LOWER_TO_HIGHER.violated(
          self.machine(),
          "KeLowerIrql(" + newIrql + ") at " + self.irql() + ", but the preceding KeRaiseIrql returned " + expected
             ,
          self.irql().level(),
          newIrql.level());
    }
  }

  /**
   * {@code KeWaitForMultipleObjects}: waits for one of these objects or for all of them.
   *
   * <p>IRQL: at most APC_LEVEL, or DISPATCH_LEVEL with a timeout of 0. Bug checks: as {@link
   * DispatcherObject#waitForSingleObject(KWaitReason, KProcessorMode, boolean, Long)}; {@code 0xC} for more than 64.
   *
   * @param timeout null for ever; 0 tests the objects; below 0 so many units of 100 ns from now; above 0 a time as
   *     {@link
   *     #querySystemTime} tells it
   * @return STATUS_WAIT_n, or STATUS_ABANDONED_WAIT_n, for the object that ended a WAIT_ANY; STATUS_SUCCESS, or
   *     STATUS_ABANDONED, for a WAIT_ALL; STATUS_TIMEOUT, STATUS_ALERTED, STATUS_USER_APC
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kewaitformultipleobjects">
   *     KeWaitForMultipleObjects</a>
   */
  public static KStatus waitForMultipleObjects(
      List<? extends DispatcherObject> objects,
      WaitType waitType,
      KWaitReason waitReason,
      KProcessorMode waitMode,
      boolean alertable,
      @Nullable Long timeout) {
    requireNonNull(waitType, "waitType");
    requireNonNull(waitMode, "waitMode");
    if (requireNonNull(objects, "objects").isEmpty() || objects.size() > MAXIMUM_WAIT_OBJECTS) {
      Activity self = Activity.current();
      throw Rule.MAXIMUM_WAIT_OBJECTS_EXCEEDED.violated(
          self.machine(), "KeWaitForMultipleObjects for " + objects.size() + " objects");
    }
    for (int i = 0; i < objects.size(); i++) {
      if (objects.get(i) == null) {
        throw new NullPointerException("KeWaitForMultipleObjects: object " + i + " is null");
      }
    }
    return Waits.forSeveral(objects, waitType, waitMode, alertable, timeout);
  }

  /**
   * {@code KeWaitForMultipleObjects} without a timeout: waits for one of these objects or for all of them.
   *
   * <p>IRQL: at most APC_LEVEL. Bug checks: as with all parameters.
   *
   * @return STATUS_WAIT_n or STATUS_ABANDONED_WAIT_n for WAIT_ANY; STATUS_SUCCESS or STATUS_ABANDONED for WAIT_ALL
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kewaitformultipleobjects">
   *     KeWaitForMultipleObjects</a>
   */
  public static KStatus waitForMultipleObjects(List<? extends DispatcherObject> objects, WaitType waitType) {
    return waitForMultipleObjects(objects, waitType, KWaitReason.EXECUTIVE, KProcessorMode.KERNEL_MODE, false, null);
  }

  /** {@code KeEnterCriticalRegion}: disables normal kernel APCs. IRQL: at most APC_LEVEL ({@code 0xC4/0x11A}). */
  public static void enterCriticalRegion() {
    Activity self = Activity.current();
    checkCriticalRegion(self, "KeEnterCriticalRegion", Rule.ENTER_CRITICAL_REGION_ABOVE_APC);
    self.disableKernelApcs();
  }

  /**
   * {@code KeLeaveCriticalRegion}: enables normal kernel APCs again. IRQL: at most APC_LEVEL ({@code 0xC4/0x11B}). Bug
   * check: {@code 0xC4/0x40003} when none was entered.
   */
  public static void leaveCriticalRegion() {
    Activity self = Activity.current();
    checkCriticalRegion(self, "KeLeaveCriticalRegion", Rule.LEAVE_CRITICAL_REGION_ABOVE_APC);
    if (self.kernelApcsDisabled() == 0 && self.machine().verifies()) {
      throw Rule.CRITICAL_REGIONS.violated(
          self.machine(), "KeLeaveCriticalRegion outside a critical region");
    }
    self.enableKernelApcs();
  }

  /** {@code KeEnterGuardedRegion}: disables all APCs. IRQL: at most APC_LEVEL ({@code 0xC4/0x11A}). */
  public static void enterGuardedRegion() {
    Activity self = Activity.current();
    checkCriticalRegion(self, "KeEnterGuardedRegion", Rule.ENTER_CRITICAL_REGION_ABOVE_APC);
    self.disableAllApcs(1);
  }

  /**
   * {@code KeLeaveGuardedRegion}: enables all APCs again. IRQL: at most APC_LEVEL ({@code 0xC4/0x11B}). Bug check:
   * {@code 0xC4/0x4000E} when none was entered.
   */
  public static void leaveGuardedRegion() {
    Activity self = Activity.current();
    checkCriticalRegion(self, "KeLeaveGuardedRegion", Rule.LEAVE_CRITICAL_REGION_ABOVE_APC);
    if (self.allApcsDisabled() == 0 && self.machine().verifies()) {
      throw Rule.GUARDED_REGIONS.violated(
          self.machine(), "KeLeaveGuardedRegion outside a guarded region");
    }
    self.disableAllApcs(-1);
  }

  private static void checkCriticalRegion(Activity self, String routine, Rule rule) {
    if (self.isAbove(Irql.APC_LEVEL) && self.machine().verifies()) {
      throw rule.violated(
          self.machine(), routine + " at " + self.irql(), self.irql().level());
    }
  }

  /**
   * {@code KeAreApcsDisabled}: whether the caller is in a critical or a guarded region, so that normal kernel APCs are
   * disabled. The IRQL, which disables them too, is not looked at. IRQL: at most DISPATCH_LEVEL.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keareapcsdisabled">
   *     KeAreApcsDisabled</a>
   */
  public static boolean areApcsDisabled() {
    Activity self = Activity.current();
    return self.kernelApcsDisabled() != 0 || self.allApcsDisabled() != 0;
  }

  /** {@code KeAreAllApcsDisabled}: whether all APCs are disabled: by a guarded region, or by the IRQL. IRQL: any. */
  public static boolean areAllApcsDisabled() {
    Activity self = Activity.current();
    return self.allApcsDisabled() != 0 || self.isAbove(Irql.PASSIVE_LEVEL);
  }

  /**
   * {@code KeStallExecutionProcessor}: keeps the processor busy for at least this long; on an explored machine, where
   * time is virtual, for no time.
   *
   * <p>IRQL: any. When verifying, the machine stops for more than 25 us in all while the caller holds a spin lock.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kestallexecutionprocessor">
   *     KeStallExecutionProcessor</a>
   */
  public static void stallExecutionProcessor(int microseconds) {
    if (microseconds < 0) {
      throw new IllegalArgumentException("a processor stalls for 0 or more microseconds, not " + microseconds);
    }
    Activity self = Activity.current();
    self.stalls(microseconds);
    long end = System.nanoTime() + 1_000L * microseconds;
    while (!self.machine().hasVirtualTime() && System.nanoTime() < end && !self.machine().isStopped()) {
      Thread.onSpinWait();
    }
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
   * @param interval how long, in units of 100 ns; below 0, as the kernel has it, or above; a time as {@link
   *     #querySystemTime} tells it is until then
   * @return STATUS_SUCCESS: nothing alerts it
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kedelayexecutionthread">
   *     KeDelayExecutionThread</a>
   */
  public static KStatus delayExecutionThread(long interval) {
    Activity self = Activity.current();
    if (self.irql().ownsProcessor()) {
      throw Rule.WAIT_AT_DISPATCH.violated(
          self.machine(), "KeDelayExecutionThread at " + self.irql(), self.irql().level());
    }
    self.machine().delay(self, nanosUntil(interval));
    return KStatus.STATUS_SUCCESS;
  }
}
