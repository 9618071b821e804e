package org.cancelsafe.hunter.explore;

import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.MonitorInfo;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import org.cancelsafe.emu.machine.Activity;

/**
 * Model code that takes a step inside {@code synchronized}, or holding a lock of {@code java.util.concurrent.locks},
 * takes the monitor or the lock along: to the thread that all activities share, where it excludes nobody, or to one
 * that does not give it back before its next turn. So both are looked for, in runs that are watched.
 *
 * <p>The JVM finds the locks of a thread by going through the whole heap. It is asked only for model code whose class
 * mentions them.
 */
final class JvmLocks {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private JvmLocks() {}

  /** Thrown when a step is taken inside {@code synchronized}, or holding a lock. */
  static final class Held extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    Held(Activity activity, String what) {
      super(
          activity + " takes a step " + what
              + ": model code synchronises through its machine; use a KSpinLock or an event");
    }
  }

  /** Loads what the first check needs. */
  static void prepare() {
    Mentions.OF_LOCKS.areOnStack();
    infoOfThisThread(true);
  }

  static void checkNoneHeld(Activity activity) {
    ThreadInfo self = infoOfThisThread(Mentions.OF_LOCKS.areOnStack());
    for (MonitorInfo monitor : self.getLockedMonitors()) {
      StackTraceElement frame = monitor.getLockedStackFrame();
      throw new Held(
          activity,
          "inside synchronized (" + monitor.getClassName() + ", " + frame.getFileName() + ":" + frame.getLineNumber()
              + ")");
    }
    for (LockInfo lock : self.getLockedSynchronizers()) {
      throw new Held(activity, "holding a lock of the JVM (" + nameOf(lock) + ", " + SourceSites.current() + ")");
    }
  }

  /** {@code ReentrantLock} for its {@code NonfairSync}. */
  static String nameOf(LockInfo lock) {
    String name = lock.getClassName();
    int nested = name.indexOf('$');
    return nested < 0 ? name : name.substring(0, nested);
  }

  private static ThreadInfo infoOfThisThread(boolean withLocks) {
    return THREADS.getThreadInfo(new long[] {Thread.currentThread().getId()}, true, withLocks)[0];
  }
}
