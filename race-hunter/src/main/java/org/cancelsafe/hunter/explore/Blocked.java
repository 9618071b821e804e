package org.cancelsafe.hunter.explore;

import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Carrier;
import org.cancelsafe.hunter.coroutine.Switchers;
import org.jspecify.annotations.Nullable;

/** What is thrown for model code that waits for something of the JVM, where no machine can help it. */
final class Blocked extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private Blocked(String message, StackTraceElement[] where) {
    super(message);
    setStackTrace(where);
  }

  /** What is to be said of this thread, which runs an activity; null when it does not wait, or waits for the hunter. */
  static @Nullable Blocked of(Thread thread) {
    ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(thread.getId(), Integer.MAX_VALUE);
    Thread.State state = thread.getState(); // the info takes one for running whose monitor a continuation holds
    if (info == null || state != Thread.State.BLOCKED && state != Thread.State.WAITING) {
      return null;
    }
    Blocked blocked = new Blocked(message(thread, info), info.getStackTrace());
    return SourceSites.of(blocked) == null || isHandingOver(info) ? null : blocked;
  }

  /** Its turn has come, and nobody has given it a processor yet. */
  private static boolean isHandingOver(ThreadInfo info) {
    return Arrays.stream(info.getStackTrace()).anyMatch(frame -> frame.getClassName().equals(Switchers.PLACE_TO_WAIT));
  }

  private static String message(Thread thread, ThreadInfo info) {
    LockInfo lock = info.getLockInfo();
    String what = lock == null ? "something of the JVM" : JvmLocks.nameOf(lock);
    Blocked there = new Blocked("", info.getStackTrace());
    return activityOf(thread) + " waits for " + what + heldBy(info.getLockOwnerId()) + ", in " + SourceSites.of(there)
        + ", and no step of the machine ends that: model code waits through its machine; use a KSpinLock, a FAST_MUTEX "
        + "or an event";
  }

  private static String heldBy(long owner) {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getId() == owner) {
        return ", which " + activityOf(thread) + " holds";
      }
    }
    return "";
  }

  private static String activityOf(Thread thread) {
    Activity activity = thread instanceof Carrier carrier ? carrier.activity() : null;
    return activity == null ? "thread " + thread.getName() : String.valueOf(activity);
  }
}
