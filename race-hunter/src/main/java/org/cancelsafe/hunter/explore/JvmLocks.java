package org.cancelsafe.hunter.explore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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
  private static final String PACKAGE_OF_LOCKS = "java/util/concurrent/locks/";
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
  private static final ClassValue<Boolean> MENTIONS_LOCKS =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          return SourceSites.isModel(type) && (mentionsLocks(type) || mentionsLocks(type.getNestHost()));
        }
      };

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
    infoOfThisThread(isLockMentioned() || mentionsLocks(JvmLocks.class));
  }

  static void checkNoneHeld(Activity activity) {
    ThreadInfo self = infoOfThisThread(isLockMentioned());
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

  private static boolean isLockMentioned() {
    return WALKER.walk(frames -> frames.anyMatch(frame -> MENTIONS_LOCKS.get(frame.getDeclaringClass())));
  }

  private static boolean mentionsLocks(Class<?> type) {
    String name = type.getName().substring(type.getName().lastIndexOf('.') + 1) + ".class";
    try (InputStream code = type.getResourceAsStream(name)) {
      return code != null && new String(code.readAllBytes(), ISO_8859_1).contains(PACKAGE_OF_LOCKS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
