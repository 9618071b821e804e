package org.cancelsafe.emu.machine;

/** What a component does when a machine has come to rest, before the machine is judged. */
public interface Rundown {
  /** Whether anything is left to run down. */
  boolean needed();

  /** Runs down what is left, on a thread of the machine. */
  void run();

  /** Stops the machine with a bug check when something is left all the same. */
  void check();
}
