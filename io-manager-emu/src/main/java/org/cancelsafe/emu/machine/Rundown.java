package org.cancelsafe.emu.machine;

/** What a component does when a machine has come to rest, before the machine is judged. */
public interface Rundown {
  /** Whether anything is left to run down. */
  boolean needed();

  /**
   * Whether any of it would happen to a driver whose threads wait: a user's thread exits, and its requests are
   * cancelled. What a driver has made itself, nobody cancels for it.
   */
  boolean mayHelpWaiters();

  /** Runs down what is left, on a thread of the machine. */
  void run();

  /** Stops the machine with a bug check when something is left all the same. */
  void check();
}
