package org.cancelsafe.hunter.coroutine;

/** The best switcher this JVM has. */
public final class Switchers {
  /** The class in which a coroutine waits for its turn, if it does so on a thread of its own. */
  public static final String PLACE_TO_WAIT = ThreadSwitcher.Turn.class.getName();

  private Switchers() {}

  /** A switcher for the calling thread, which becomes its driver. */
  public static Switcher create() {
    return ContinuationSwitcher.isAvailable() ? new ContinuationSwitcher() : new ThreadSwitcher();
  }

  /** A switcher that hands over between threads, whatever the JVM could do better. */
  public static Switcher createWithThreads() {
    return new ThreadSwitcher();
  }

  /** Whether {@link #create} gives one whose switches cost next to nothing. */
  public static boolean isFast() {
    return ContinuationSwitcher.isAvailable();
  }
}
