package org.cancelsafe.hunter.coroutine;

import org.jspecify.annotations.Nullable;

/**
 * Switches between coroutines, of which one runs at a time. The driver, the thread that made the switcher, enters them
 * with {@link #run} and goes on when one of them switches to null or the last one ended without naming another.
 */
public interface Switcher extends AutoCloseable {
  /** A coroutine with this body. At its end it switches to what the body returns: another coroutine, or null. */
  Coroutine create(String name, Body body);

  /** From the driver: enters a coroutine; returns when control is given back. */
  void run(Coroutine first);

  /**
   * From a coroutine: leaves it and enters another; returns when somebody switches back to it.
   *
   * @param to null for the driver
   * @throws Abandoned when the run was given up instead
   */
  void transfer(Coroutine from, @Nullable Coroutine to);

  /** From a coroutine, which will not end: leaves it for good, and goes back to the driver. Does not return. */
  void leave(Coroutine from);

  /** From the driver: gives up whatever is still in the middle. */
  void abandon();

  /** The thread that runs, the driver's or a coroutine's. Any thread may ask. */
  Thread running();

  /**
   * From any thread: the coroutine that runs is blocked. The driver goes on, where it is not blocked itself, and gives
   * the run up.
   */
  void leaveBehind();

  /** From the driver: the last call; nothing is left behind. */
  @Override
  void close();

  /** What a coroutine runs. */
  @FunctionalInterface
  interface Body {
    /** Runs; returns who goes on, or null for the driver. */
    @Nullable Coroutine run();
  }

  /** Unwinds a coroutine that was given up. */
  final class Abandoned extends Error {
    private static final long serialVersionUID = 1L;

    Abandoned() {
      super("the run was given up", null, false, false);
    }
  }
}
