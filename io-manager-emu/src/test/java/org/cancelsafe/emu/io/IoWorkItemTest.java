package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.io.WorkQueueType.CRITICAL_WORK_QUEUE;
import static org.cancelsafe.emu.io.WorkQueueType.DELAYED_WORK_QUEUE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.ActivityKind;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class IoWorkItemTest {
  private final KEvent done = new KEvent("done", KEvent.Type.SYNCHRONIZATION_EVENT, false);
  private final AtomicInteger runs = new AtomicInteger();

  @Test
  @Statement(227)
  void theRoutineRunsAtPassiveLevelInASystemThreadAndTheItemIsOutOfTheQueue() {
    onMachine(
        machine -> {
          DeviceObject device = Drivers.device(machine, Drivers::pend);
          IoWorkItem item = device.allocateWorkItem();
          Activity queuer = Activity.current();
          Irql old = Ke.raiseIrqlToDpcLevel();
          item.queue(
              (its, context) -> {
                assertSame(device, its);
                assertEquals("context", context);
                assertEquals(Irql.PASSIVE_LEVEL, Ke.getCurrentIrql());
                assertNotSame(queuer, Activity.current());
                assertEquals(ActivityKind.THREAD, Activity.current().kind());
                assertEquals("-", item.snapshot());
                assertEquals(1, device.referenceCount());
                done.set();
              },
              DELAYED_WORK_QUEUE,
              "context");
          Ke.lowerIrql(old);
          done.waitForSingleObject();
        });
  }

  @Test
  void theDeviceIsReferredToUntilTheRoutineHasReturned() {
    DeviceObject[] device = new DeviceObject[1];
    onMachine(
        machine -> {
          device[0] = Drivers.device(machine, Drivers::pend);
          device[0].allocateWorkItem().queue((its, context) -> {}, CRITICAL_WORK_QUEUE, null);
        });
    assertEquals(0, device[0].referenceCount());
  }

  @Test
  @Statement(228)
  void theRoutineMayQueueItsItemAgainAndFreeIt() {
    onMachine(
        machine -> {
          IoWorkItem item = Drivers.device(machine, Drivers::pend).allocateWorkItem();
          item.queueEx(this::again, DELAYED_WORK_QUEUE, null);
          done.waitForSingleObject();
          assertEquals("freed", item.snapshot());
        });
    assertEquals(3, runs.get());
  }

  private void again(DeviceObject device, Object context, IoWorkItem item) {
    if (runs.incrementAndGet() < 3) {
      item.queueEx(this::again, DELAYED_WORK_QUEUE, context);
    } else {
      item.free();
      done.set();
    }
  }

  @Test
  @Statement(228)
  void queueingWhileQueued() {
    BugCheck stop =
        stopsWith(
            Rule.WORK_ITEM_QUEUED_TWICE,
            Machine.live().processors(1),
            machine -> {
              IoWorkItem item = Drivers.device(machine, Drivers::pend).allocateWorkItem();
              Ke.raiseIrqlToDpcLevel();
              item.queue((its, context) -> {}, DELAYED_WORK_QUEUE, null);
              item.queue((its, context) -> {}, DELAYED_WORK_QUEUE, null);
            });
    assertEquals(0x96, stop.code().code());
  }

  @Test
  void afterItWasFreed() {
    stopsWith(
        Rule.FREED_WORK_ITEM,
        machine -> {
          IoWorkItem item = Drivers.device(machine, Drivers::pend).allocateWorkItem();
          item.free();
          item.queue((its, context) -> {}, DELAYED_WORK_QUEUE, null);
        });
    stopsWith(
        Rule.FREED_WORK_ITEM,
        machine -> {
          IoWorkItem item = Drivers.device(machine, Drivers::pend).allocateWorkItem();
          item.free();
          item.free();
        });
  }

  @Test
  void aboveDispatch() {
    stopsWith(
        Rule.IRQL_DISPATCH_LTE,
        machine -> {
          IoWorkItem item = Drivers.device(machine, Drivers::pend).allocateWorkItem();
          Ke.raiseIrql(Irql.DIRQL_3);
          item.queue((its, context) -> {}, DELAYED_WORK_QUEUE, null);
        });
  }

  @Test
  void onOneProcessorTheRoutineWaitsForItsQueuer() {
    onProcessors(
        1,
        machine -> {
          IoWorkItem item = Drivers.device(machine, Drivers::pend).allocateWorkItem();
          Irql old = Ke.raiseIrqlToDpcLevel();
          item.queue((its, context) -> runs.incrementAndGet(), DELAYED_WORK_QUEUE, null);
          assertEquals(0, runs.get());
          assertEquals("queued", item.snapshot());
          Ke.lowerIrql(old);
        });
    assertEquals(1, runs.get());
  }

  @Test
  void freeingWhileQueued() {
    BugCheck stop =
        stopsWith(
            Rule.QUEUED_WORK_ITEM_FREED,
            Machine.live().processors(1),
            machine -> {
              IoWorkItem item = Drivers.device(machine, Drivers::pend).allocateWorkItem();
              Ke.raiseIrqlToDpcLevel();
              item.queue((its, context) -> {}, DELAYED_WORK_QUEUE, null);
              item.free();
            });
    assertEquals(0x130, stop.parameters().get(0));
  }
}
