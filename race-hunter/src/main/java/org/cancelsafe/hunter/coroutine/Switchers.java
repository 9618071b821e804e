package org.cancelsafe.hunter.coroutine;

/** The best switcher this JVM has. */
public final class Switchers {
  /** The class in which a coroutine waits for its turn, if it does so on a thread of its own. */
  public static final String PLACE_TO_WAIT = ThreadSwitcher.Turn.class.getName();

  private Switchers() {}

  /** A switcher for the calling thread, which becomes its driver. */
  public static Switcher create() {
    return ContinuationSwitcher.isAvailable() ? new ContinuationSwitcher() : createWithThreads();
  }

  /** A switcher that hands over between threads, whatever the JVM could do better. */
  public static Switcher createWithThreads() {
    return new ThreadSwitcher(true);
  }

  /** A switcher with a new thread for each coroutine, for bodies that ask which one they run on. */
  public static Switcher createWithNewThreads() {
    return new ThreadSwitcher(false);
  }

  /** Whether {@link #create} gives one whose switches cost next to nothing. */
  public static boolean isFast() {
    return ContinuationSwitcher.isAvailable();
  }
}
