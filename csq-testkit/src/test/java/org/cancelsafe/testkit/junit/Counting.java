package org.cancelsafe.testkit.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.machine.Machine;

/** Threads that count: in one step, which is right, or in two. */
final class Counting {
  private Counting() {}

  static void interlocked(Machine machine, int threads) {
    count(machine, threads, InterlockedLong::increment);
  }

  static void readThenWrite(Machine machine, int threads) {
    count(machine, threads, counter -> counter.write(counter.read() + 1));
  }

  /** So many threads and steps that nobody goes through all schedules. */
  static void endlessly(Machine machine) {
    InterlockedLong counter = new InterlockedLong("counter", 0);
    for (int thread = 0; thread < 6; thread++) {
      machine.startThread(
          "Count " + thread,
          () -> {
            for (int i = 0; i < 100; i++) {
              counter.increment();
            }
          });
    }
  }

  /** Takes a step. */
  static void step() {
    new InterlockedLong("counter", 0).increment();
  }

  private interface Step {
    void on(InterlockedLong counter);
  }

  private static void count(Machine machine, int threads, Step step) {
    InterlockedLong counter = new InterlockedLong("counter", 0);
    for (int thread = 0; thread < threads; thread++) {
      machine.startThread("Count " + thread, () -> step.on(counter));
    }
    machine.afterwards(() -> assertEquals(threads, counter.read(), "counted"));
  }
}
