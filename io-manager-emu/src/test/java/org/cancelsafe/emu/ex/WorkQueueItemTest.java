package org.cancelsafe.emu.ex;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.io.WorkQueueType.CRITICAL_WORK_QUEUE;
import static org.cancelsafe.emu.io.WorkQueueType.DELAYED_WORK_QUEUE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.io.WorkQueueType;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class WorkQueueItemTest {
  private final KEvent done = new KEvent("done", KEvent.Type.SYNCHRONIZATION_EVENT, false);
  private final AtomicInteger runs = new AtomicInteger();

  @ParameterizedTest
  @EnumSource
  @Statement(227)
  void theRoutineRunsAtPassiveLevelInASystemThreadAndTheItemIsOutOfTheQueue(WorkQueueType queue) {
    onMachine(
        machine -> {
          Activity queuer = Activity.current();
          WorkQueueItem item = new WorkQueueItem("W");
          item.initialize(
              parameter -> {
                assertEquals("context", parameter);
                assertEquals(Irql.PASSIVE_LEVEL, Ke.getCurrentIrql());
                assertNotSame(queuer, Activity.current());
                assertEquals(ActivityKind.THREAD, Activity.current().kind());
                assertEquals("-", item.snapshot());
                done.set();
              },
              "context");
          Irql old = Ke.raiseIrqlToDpcLevel();
          item.queue(queue);
          Ke.lowerIrql(old);
          done.waitForSingleObject();
        });
  }

  @Test
  @Statement(228)
  void theRoutineMayQueueItsItemAgainAndFreeIt() {
    onMachine(
        machine -> {
          WorkQueueItem item = new WorkQueueItem("W", this::again, null);
          item.initialize(this::again, item);
          item.queue(DELAYED_WORK_QUEUE);
          done.waitForSingleObject();
          assertEquals("freed", item.snapshot());
        });
    assertEquals(3, runs.get());
  }

  private void again(Object parameter) {
    WorkQueueItem item = (WorkQueueItem) parameter;
    if (runs.incrementAndGet() < 3) {
      item.queue(CRITICAL_WORK_QUEUE);
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
              WorkQueueItem item = new WorkQueueItem("W", parameter -> {}, null);
              Ke.raiseIrqlToDpcLevel();
              item.queue(DELAYED_WORK_QUEUE);
              item.queue(CRITICAL_WORK_QUEUE);
            });
    assertEquals(0x96, stop.code().code());
    assertTrue(stop.explanation().contains("W in CRITICAL_WORK_QUEUE, and it is queued already"), stop.explanation());
  }

  @Test
  void onOneProcessorTheRoutineWaitsForItsQueuer() {
    onProcessors(
        1,
        machine -> {
          WorkQueueItem item = new WorkQueueItem("W", parameter -> runs.incrementAndGet(), null);
          Irql old = Ke.raiseIrqlToDpcLevel();
          item.queue(DELAYED_WORK_QUEUE);
          assertEquals(0, runs.get());
          assertEquals("queued", item.snapshot());
          Ke.lowerIrql(old);
        });
    assertEquals(1, runs.get());
  }

  @Test
  void freeingWhileQueuedAndUsingWhatWasFreed() {
    stopsWith(
        Rule.QUEUED_WORK_ITEM_FREED,
        Machine.live().processors(1),
        machine -> {
          WorkQueueItem item = new WorkQueueItem("W", parameter -> {}, null);
          Ke.raiseIrqlToDpcLevel();
          item.queue(DELAYED_WORK_QUEUE);
          item.free();
        });
    stopsWith(
        Rule.FREED_WORK_ITEM,
        machine -> {
          WorkQueueItem item = new WorkQueueItem("W", parameter -> {}, null);
          item.free();
          item.queue(DELAYED_WORK_QUEUE);
        });
  }

  @Test
  void aboveDispatchLevel() {
    BugCheck stop =
        stopsWith(
            Rule.IRQL_DISPATCH_LTE,
            machine -> {
              WorkQueueItem item = new WorkQueueItem("W", parameter -> {}, null);
              Ke.raiseIrql(Irql.DIRQL_3);
              item.queue(DELAYED_WORK_QUEUE);
            });
    assertTrue(stop.explanation().startsWith("ExQueueWorkItem(W) at DIRQL_3"), stop.explanation());
  }

  @Test
  void whatWasNotInitialisedIsNotQueued() {
    onMachine(
        machine -> assertThrows(IllegalStateException.class, () -> new WorkQueueItem("W").queue(DELAYED_WORK_QUEUE)));
  }
}
