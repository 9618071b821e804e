package org.cancelsafe.hunter.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.coroutine.Switchers;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

/**
 * The oracle: on random small programs with locks, exchanges, branches on values read, events and DPCs, on one
 * processor and on several, the reduced search reaches every outcome and every failure that brute force reaches.
 */
class RandomProgramsTest {
  private static final int PROGRAMS = 300;
  private static final int MOST_SCHEDULES = Switchers.isFast() ? 3_000 : 500;

  /** A program is made from its seed again for every run, so that nothing is left of the run before. */
  private static final class Program {
    private final Random random;
    private final InterlockedLong[] variables = {new InterlockedLong("x", 0), new InterlockedLong("y", 0)};
    private final KSpinLock[] locks = {new KSpinLock("L"), new KSpinLock("M")};
    private final KEvent event = new KEvent("E", KEvent.Type.NOTIFICATION_EVENT, false);
    private final KDpc dpc = new KDpc("D", (self, context, one, two) -> dpcRuns(), null);
    private final List<StringBuilder> seen = new ArrayList<>();

    Program(long seed) {
      random = new Random(seed);
    }

    private void dpcRuns() {
      seen.get(0).append('D').append(variables[0].increment());
    }

    void setUp(Machine machine, Consumer<String> outcomes) {
      seen.add(new StringBuilder());
      int threads = 2 + random.nextInt(2);
      for (int i = 0; i < threads; i++) {
        List<Runnable> operations = new ArrayList<>();
        StringBuilder view = new StringBuilder();
        seen.add(view);
        int count = 1 + random.nextInt(threads == 2 ? 3 : 2);
        for (int k = 0; k < count; k++) {
          operations.add(operation(view));
        }
        machine.startThread("T" + i, () -> operations.forEach(Runnable::run));
      }
      machine.afterwards(
          () -> outcomes.accept(seen + " " + variables[0].snapshot() + variables[1].snapshot() + event.snapshot()));
    }

    private Runnable operation(StringBuilder view) {
      InterlockedLong variable = variables[random.nextInt(2)];
      InterlockedLong other = variables[random.nextInt(2)];
      KSpinLock outer = locks[random.nextInt(2)];
      KSpinLock inner = locks[random.nextInt(2)];
      int value = 1 + random.nextInt(2);
      return switch (random.nextInt(9)) {
        case 0 -> () -> view.append('r').append(variable.read());
        case 1 -> () -> variable.write(value);
        case 2 -> () -> view.append('x').append(variable.exchange(value));
        case 3 -> () -> {
          if (variable.read() == 0) {
            other.write(value);
          }
        };
        case 4 -> () -> {
          Irql old = outer.acquire();
          view.append('l').append(variable.exchange(value));
          outer.release(old);
        };
        case 5 -> () -> {
          Irql old = outer.acquire();
          if (outer != inner) {
            inner.acquireAtDpcLevel();
            variable.increment();
            inner.releaseFromDpcLevel();
          }
          outer.release(old);
        };
        case 6 -> () -> event.set();
        case 7 -> () -> {
          if (event.waitForSingleObject(0)) {
            view.append('e').append(variable.read());
          }
        };
        default -> () -> view.append('q').append(dpc.insertQueue(null, null));
      };
    }
  }

  private static Scenario scenario(long seed, Consumer<String> outcomes) {
    return Scenario.named("program-" + seed)
        .processors(1 + (int) (seed % 3))
        .model(machine -> new Program(seed).setUp(machine, outcomes));
  }

  private static void addFailures(List<RunResult> runs, TreeSet<String> outcomes) {
    for (RunResult run : runs) {
      if (run.finding() != null) {
        outcomes.add("failure " + run.finding().rule());
      }
    }
  }

  @Test
  void theReducedSearchReachesWhatBruteForceReaches() {
    int compared = 0;
    int reduced = 0;
    int all = 0;
    for (long seed = 1; compared < PROGRAMS; seed++) {
      TreeSet<String> expected = new TreeSet<>();
      List<RunResult> brute = Runs.atMost(scenario(seed, expected::add), DepthFirst.bruteForce(), MOST_SCHEDULES);
      if (brute.size() == MOST_SCHEDULES) {
        continue;
      }
      addFailures(brute, expected);
      TreeSet<String> actual = new TreeSet<>();
      List<RunResult> few = Runs.provably(scenario(seed, actual::add));
      addFailures(few, actual);
      assertEquals(expected, actual, "program " + seed);
      compared++;
      reduced += few.size();
      all += brute.size();
    }
    assertTrue(reduced * 2 < all, "the reduction reduces: " + reduced + " of " + all);
  }
}
