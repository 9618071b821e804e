package org.cancelsafe.hunter.strategy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KInterrupt;
import org.cancelsafe.emu.ke.KSemaphore;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.scenario.Scenario;

/** A small program, made from its seed again for every run, so that nothing is left of the run before. */
final class RandomProgram {
  private final Random random;
  private final InterlockedLong[] variables = {new InterlockedLong("x", 0), new InterlockedLong("y", 0)};
  private final KSpinLock[] locks = {new KSpinLock("L"), new KSpinLock("M")};
  private final KEvent event = new KEvent("E", KEvent.Type.NOTIFICATION_EVENT, false);
  private final KEvent oneWaiter = new KEvent("S", KEvent.Type.SYNCHRONIZATION_EVENT, false);
  private final KSemaphore semaphore = new KSemaphore("N", 1, 2);
  private final KDpc dpc = new KDpc("D", (self, context, one, two) -> dpcRuns(), null);
  private final KTimer timer = new KTimer("T");
  private final KInterrupt interrupt =
      KInterrupt.named("I").irql(Irql.DIRQL_5).serviceRoutine((self, context) -> isrRuns(), null).build();
  private final List<StringBuilder> seen = new ArrayList<>();

  private RandomProgram(long seed) {
    random = new Random(seed);
  }

  /** The program with this seed; the outcome of each run that ends well is told. */
  static Scenario scenario(long seed, Consumer<String> outcomes) {
    return Scenario.named("program-" + seed)
        .processors(1 + (int) (seed % 3))
        .model(machine -> new RandomProgram(seed).setUp(machine, outcomes));
  }

  private void dpcRuns() {
    seen.get(0).append('D').append(variables[0].increment());
  }

  private boolean isrRuns() {
    seen.get(1).append('I').append(variables[1].increment());
    dpc.insertQueue(null, null);
    return true;
  }

  private void setUp(Machine machine, Consumer<String> outcomes) {
    seen.add(new StringBuilder());
    seen.add(new StringBuilder());
    interrupt.connect();
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
    KSpinLock inner = outer == locks[0] ? locks[1] : locks[0];
    int value = 1 + random.nextInt(2);
    return switch (random.nextInt(20)) {
      case 0 -> () -> view.append('r').append(variable.read());
      case 1 -> () -> variable.write(value);
      case 2 -> () -> view.append('x').append(variable.exchange(value));
      case 3 -> () -> view.append('c').append(variable.compareExchange(value, 0));
      case 4 -> () -> {
        if (variable.read() == 0) {
          other.write(value);
        }
      };
      case 5 -> () -> {
        if (variable.read() == 2) {
          throw new AssertionError("2 in " + variable);
        }
      };
      case 6 -> () -> {
        Irql old = outer.acquire();
        view.append('l').append(variable.exchange(value));
        outer.release(old);
      };
      case 7, 8 -> () -> {
        Irql old = outer.acquire();
        inner.acquireAtDpcLevel();
        inner.releaseFromDpcLevel();
        outer.release(old);
      };
      case 9 -> () -> {
        Irql old = outer.acquire();
        if (inner.tryToAcquireAtDpcLevel()) {
          view.append('t');
          inner.releaseFromDpcLevel();
        }
        outer.release(old);
      };
      case 10 -> event::set;
      case 11 -> () -> {
        if (event.waitForSingleObject(0)) {
          view.append('e').append(variable.read());
        }
      };
      case 12 -> oneWaiter::set;
      case 13 -> oneWaiter::waitForSingleObject;
      case 14 -> () -> {
        semaphore.waitForSingleObject();
        view.append('n').append(variable.increment());
        semaphore.release(1);
      };
      case 15 -> () -> view.append('k').append(dpc.removeQueue()).append(event.reset());
      case 16 -> () -> view.append('s').append(timer.set(1, dpc)).append(timer.cancel());
      case 17 -> () -> view.append('i').append(interrupt.assertInterrupt());
      case 18 -> () -> {
        Irql old = interrupt.acquireInterruptSpinLock();
        view.append('y').append(variable.exchange(value));
        interrupt.releaseInterruptSpinLock(old);
      };
      default -> () -> view.append('q').append(dpc.insertQueue(null, null));
    };
  }
}
