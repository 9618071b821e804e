package org.cancelsafe.testkit.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.cancelsafe.testkit.ClientProgram;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The queue is right under every schedule of every client program within bounds. {@code mvn -Psweep verify} goes
 * through all programs of up to 3 threads with up to 2 operations each over 2 IRPs; the rest of the build takes slices.
 */
class SweepTest {
  private static final String WORKERS = "sweep.workers";

  private static void assertQueueIsRight(int threads, int operations, int irps) {
    int workers = Integer.getInteger(WORKERS, Runtime.getRuntime().availableProcessors());
    List<ClientProgram> programs = SweptPrograms.upTo(threads, operations, irps);
    Sweep sweep = new Sweep(programs, new SweptDriver()).run(workers);
    System.out.printf(
        "sweep of %d threads x %d operations over %d IRPs: %s, %d workers%n",
        threads, operations, irps, sweep, workers);
    assertNull(sweep.found(), () -> String.valueOf(sweep.found()));
  }

  @ParameterizedTest
  @CsvSource({"2, 2, 2", "3, 1, 2"})
  void smallPrograms(int threads, int operations, int irps) {
    assertQueueIsRight(threads, operations, irps);
  }

  @Tag("sweep")
  @Test
  void allPrograms() {
    assertQueueIsRight(3, 2, 2);
  }

  @ParameterizedTest
  @CsvSource({"2, 1, 1, 14", "3, 1, 1, 34", "2, 2, 1, 307", "3, 1, 2, 49", "2, 2, 2, 690", "3, 2, 2, 13280"})
  void programsUpToSymmetry(int threads, int operations, int irps, int programs) {
    assertEquals(programs, SweptPrograms.upTo(threads, operations, irps).size());
  }
}
