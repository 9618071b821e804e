package org.cancelsafe.hunter.explore;

import org.cancelsafe.emu.machine.Activity;
import org.jspecify.annotations.Nullable;

/**
 * Notices model code that makes a JVM thread: nobody would schedule it, and what it does would differ from run to run.
 * A thread that is made inherits its maker's inheritable thread locals, and this one objects.
 */
final class OwnThreads extends InheritableThreadLocal<@Nullable Boolean> {
  private static final OwnThreads WATCHED = new OwnThreads();

  private OwnThreads() {}

  /** Thrown where a thread is made. */
  static final class Made extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    Made(@Nullable Activity maker) {
      super(
          (maker == null ? "the setup" : maker) + " makes a JVM thread of its own, at " + SourceSites.current()
              + ", which no explorer can schedule; "
              + "model code runs on the threads of its machine: use Machine.startThread");
    }
  }

  /** From now on the calling thread makes no threads. */
  static void watch() {
    WATCHED.set(Boolean.TRUE);
  }

  static void leaveAlone() {
    WATCHED.remove();
  }

  @Override
  protected @Nullable Boolean childValue(@Nullable Boolean watched) {
    if (Boolean.TRUE.equals(watched)) {
      Activity maker = Activity.currentOrNull();
      Made made = new Made(maker);
      if (maker != null) {
        maker.machine().fail(made); // whatever the model does with the exception
      }
      throw made;
    }
    return null;
  }
}
