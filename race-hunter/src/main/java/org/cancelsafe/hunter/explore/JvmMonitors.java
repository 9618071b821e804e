package org.cancelsafe.hunter.explore;

import java.lang.management.ManagementFactory;
import java.lang.management.MonitorInfo;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import org.cancelsafe.emu.machine.Activity;

/**
 * Model code that takes a step inside {@code synchronized} takes the monitor along: to the thread that all activities
 * share, where it excludes nobody, or to one that never gives it back. So it is looked for, in recorded runs.
 */
final class JvmMonitors {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private JvmMonitors() {}

  /** Thrown when a step is taken inside {@code synchronized}. */
  static final class Held extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    Held(String message) {
      super(message);
    }
  }

  /** Loading the classes of the JVM's management takes longer than going through a small scenario. */
  static void prepare() {
    THREADS.getThreadInfo(new long[] {Thread.currentThread().getId()}, true, false);
  }

  static void checkNoneHeld(Activity activity) {
    ThreadInfo[] self = THREADS.getThreadInfo(new long[] {Thread.currentThread().getId()}, true, false);
    for (MonitorInfo monitor : self[0].getLockedMonitors()) {
      StackTraceElement frame = monitor.getLockedStackFrame();
      throw new Held(
          activity + " takes a step inside synchronized (" + monitor.getClassName() + ", " + frame.getFileName() + ":"
              + frame.getLineNumber() + "): model code synchronises through its machine; use a KSpinLock or an event");
    }
  }
}
