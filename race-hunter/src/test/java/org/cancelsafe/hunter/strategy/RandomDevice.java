package org.cancelsafe.hunter.strategy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.cancelsafe.emu.ex.ExSpinLock;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KInterrupt;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.ke.WaitType;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.scenario.Scenario;

/**
 * A small program about a device, made from its seed again for every run: two interrupts of different IRQLs, DPCs that
 * two timers share, for any processor or a certain one, an IRP's parts, a reader/writer spin lock, waits for several
 * objects, raised threads. What each activity sees tells in which order what happened.
 */
final class RandomDevice {
  private static final int OPERATIONS = 18;
  private static final Irql[] IRQLS = {Irql.DIRQL_3, Irql.DIRQL_5};

  private final Random random;
  private final InterlockedLong[] variables = {new InterlockedLong("x", 0), new InterlockedLong("y", 0)};
  private final KDpc[] dpcs = new KDpc[2];
  private final KInterrupt[] interrupts = new KInterrupt[2];
  private final KTimer[] timers = {new KTimer("T"), new KTimer("U")};
  private final KEvent[] events = {event("E"), event("F")};
  private final ExSpinLock lock = new ExSpinLock("L");
  private final List<StringBuilder> views = new ArrayList<>();
  private Irp irp;

  private RandomDevice(long seed) {
    random = new Random(seed);
  }

  /** The program with this seed; the outcome of each run that ends well is told. */
  static Scenario scenario(long seed, Consumer<String> outcomes) {
    return Scenario.named("device-" + seed)
        .processors(1 + (int) (seed % 3))
        .model(machine -> new RandomDevice(seed).setUp(machine, outcomes));
  }

  private static KEvent event(String name) {
    return new KEvent(name, KEvent.Type.SYNCHRONIZATION_EVENT, false);
  }

  private StringBuilder newView() {
    StringBuilder view = new StringBuilder();
    views.add(view);
    return view;
  }

  private void setUp(Machine machine, Consumer<String> outcomes) {
    IoManager io = IoManager.of(machine);
    irp = io.allocateIrp(1);
    irp.setNextStackLocation();
    for (int i = 0; i < 2; i++) {
      dpcs[i] = dpc(i);
      interrupts[i] = interrupt(i);
      io.connectInterrupt(interrupts[i]);
    }
    if (random.nextInt(4) == 0) {
      timers[1].set(1, dpcs[random.nextInt(2)]);
    }
    if (random.nextInt(4) == 0) {
      machine.startHardware("device", interrupts[random.nextInt(2)]::assertInterrupt);
    }
    int threads = 2 + random.nextInt(2);
    for (int i = 0; i < threads; i++) {
      List<Runnable> operations = new ArrayList<>();
      StringBuilder view = newView();
      for (int left = 1 + random.nextInt(threads == 2 ? 3 : 2); left > 0; left--) {
        operations.add(operation(view));
      }
      machine.startThread("Thread" + i, () -> operations.forEach(Runnable::run));
    }
    machine.afterwards(() -> outcomes.accept(views + " " + variables[0].snapshot() + variables[1].snapshot()));
  }

  private KDpc dpc(int number) {
    InterlockedLong variable = variables[random.nextInt(2)];
    StringBuilder view = newView();
    KDpc dpc =
        new KDpc("Dpc" + number, (self, context, one, two) -> view.append(variable.exchange(5L + number)), null);
    dpc.setImportance(KDpc.Importance.values()[random.nextInt(KDpc.Importance.values().length)]);
    if (random.nextInt(4) == 0) {
      dpc.setTargetProcessor(random.nextInt(2));
    }
    return dpc;
  }

  private KInterrupt interrupt(int number) {
    InterlockedLong variable = variables[random.nextInt(2)];
    StringBuilder view = newView();
    KDpc finisher = dpcs[0];
    boolean queues = random.nextBoolean();
    return KInterrupt.named("nic" + number)
        .irql(IRQLS[number])
        .serviceRoutine(
            (self, context) -> {
              view.append(variable.exchange(7L + number));
              if (queues) {
                finisher.insertQueue(null, null);
              }
              return true;
            },
            null)
        .build();
  }

  private Runnable operation(StringBuilder view) {
    InterlockedLong variable = variables[random.nextInt(2)];
    KDpc dpc = dpcs[random.nextInt(2)];
    KInterrupt interrupt = interrupts[random.nextInt(2)];
    KTimer timer = timers[random.nextInt(2)];
    KEvent event = events[random.nextInt(2)];
    int value = 1 + random.nextInt(2);
    return switch (random.nextInt(OPERATIONS)) {
      case 0 -> () -> {
        Irql old = Ke.raiseIrqlToDpcLevel();
        view.append('r').append(variable.exchange(value));
        Ke.lowerIrql(old);
      };
      case 1 -> () -> {
        Irql old = Ke.raiseIrqlToDpcLevel();
        view.append('R').append(dpc.insertQueue(null, null)).append(variable.exchange(value));
        Ke.lowerIrql(old);
      };
      case 2, 3 -> () -> view.append('q').append(dpc.insertQueue(null, null));
      case 4 -> () -> view.append('k').append(dpc.removeQueue());
      case 5, 6 -> () -> view.append('i').append(interrupt.assertInterrupt());
      case 7 -> () -> view.append('y').append(interrupt.synchronizeExecution(context -> variable.read() == 7, null));
      case 8, 9 -> () -> view.append('s').append(timer.set(1, dpc));
      case 10 -> () -> view.append('S').append(timer.cancel());
      case 11 -> () -> {
        Ke.flushQueuedDpcs();
        view.append('f').append(variable.read());
      };
      case 12 -> () -> {
        Irql old = lock.acquireShared();
        view.append('l').append(variable.exchange(value));
        lock.releaseShared(old);
      };
      case 13 -> () -> {
        Irql old = lock.acquireExclusive();
        view.append('L').append(variable.exchange(value));
        lock.releaseExclusive(old);
      };
      case 14 -> () -> view.append('c').append(irp.setCancelRoutine((device, cancelled) -> {}) != null);
      case 15 -> () -> view.append('C').append(irp.cancel());
      case 16 -> () -> {
        event.set();
        view.append('e').append(variable.read());
      };
      default -> () -> {
        view.append('w').append(Ke.waitForMultipleObjects(List.of(events), WaitType.WAIT_ANY));
        view.append(variable.read());
      };
    };
  }
}
