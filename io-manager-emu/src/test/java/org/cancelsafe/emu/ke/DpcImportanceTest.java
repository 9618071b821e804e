package org.cancelsafe.emu.ke;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Processor;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DpcImportanceTest {
  private final List<Object> ran = new ArrayList<>();

  private KDpc named(String name, KDpc.Importance importance) {
    KDpc dpc = new KDpc(name, (self, context, one, two) -> ran.add(name), null);
    dpc.setImportance(importance);
    return dpc;
  }

  @Test
  @Statement(192)
  void ofHighImportanceGoesToTheHead() {
    onMachine(
        machine -> {
          Irql old = Ke.raiseIrqlToDpcLevel();
          named("medium", KDpc.Importance.MEDIUM_IMPORTANCE).insertQueue(null, null);
          named("high", KDpc.Importance.HIGH_IMPORTANCE).insertQueue(null, null);
          named("medium high", KDpc.Importance.MEDIUM_HIGH_IMPORTANCE).insertQueue(null, null);
          named("higher", KDpc.Importance.HIGH_IMPORTANCE).insertQueue(null, null);
          Ke.lowerIrql(old);
          assertEquals(List.of("higher", "high", "medium", "medium high"), ran);
        });
  }

  @Test
  @Statement({193, 194})
  void ofLowImportanceWaitsForOneThatIsNot() {
    onProcessors(
        1,
        machine -> {
          named("low", KDpc.Importance.LOW_IMPORTANCE).insertQueue(null, null);
          assertEquals(List.of(), ran);
          new KDpc("D", (self, context, one, two) -> ran.add("of no importance set"), null).insertQueue(null, null);
          assertEquals(List.of("low", "of no importance set"), ran);
        });
  }

  @Test
  @Statement(194)
  void ofLowImportanceRunsWhenTheClockTicksOrTheQueueIsLong() {
    onProcessors(
        1,
        machine -> {
          named("one", KDpc.Importance.LOW_IMPORTANCE).insertQueue(null, null);
          KEvent ticked = new KEvent("ticked", KEvent.Type.NOTIFICATION_EVENT, false);
          while (ran.isEmpty()) {
            ticked.readState();
          }
          for (int i = 0; i < 4; i++) {
            named("low" + i, KDpc.Importance.LOW_IMPORTANCE).insertQueue(null, null);
          }
          named("low4", KDpc.Importance.LOW_IMPORTANCE).insertQueue(null, null);
          assertEquals(6, ran.size());
        });
  }

  /** The clock's next tick drains it too, and may come first; not every time. */
  @Test
  @Statement(195)
  void onAnotherProcessorMediumDoesNotRunAtOnce() {
    for (int tries = 0; tries < 200; tries++) {
      if (orderOnABusyProcessor(KDpc.Importance.MEDIUM_IMPORTANCE).get(0).equals("lowered")) {
        return;
      }
    }
    fail("each time the DPC ran as soon as its processor was lowered");
  }

  @Test
  @Statement(195)
  void mediumHighOnAnotherProcessorRunsWhenThatIsLowered() {
    assertEquals(List.of("D", "lowered"), orderOnABusyProcessor(KDpc.Importance.MEDIUM_HIGH_IMPORTANCE));
  }

  /** A DPC is sent to another processor that runs at DISPATCH_LEVEL: its routine, and that processor's being lowered. */
  private static List<String> orderOnABusyProcessor(KDpc.Importance importance) {
    List<String> order = new CopyOnWriteArrayList<>();
    onProcessors(
        2,
        machine -> {
          Processor[] busy = new Processor[1];
          KEvent begun = new KEvent("begun", KEvent.Type.NOTIFICATION_EVENT, false);
          KSpinLock stop = new KSpinLock("stop");
          Irql old = stop.acquire();
          machine.startThread(
              "busy",
              () -> {
                Irql dispatch = Ke.raiseIrqlToDpcLevel();
                busy[0] = Activity.current().processor();
                begun.set();
                stop.acquireAtDpcLevel();
                stop.releaseFromDpcLevel();
                Ke.lowerIrql(dispatch);
                order.add("lowered");
              });
          while (!begun.readState()) {
            Thread.onSpinWait();
          }
          KDpc dpc = new KDpc("D", (self, context, one, two) -> order.add("D"), null);
          dpc.setImportance(importance);
          dpc.setTargetProcessor(busy[0].number());
          dpc.insertQueue(null, null);
          stop.release(old);
          while (order.size() < 2) {
            begun.readState();
          }
        });
    return order;
  }

  @Test
  @Statement({190, 191})
  void isRetargetedForTheNextInsertionOnly() {
    onProcessors(
        2,
        machine -> {
          Processor[] on = new Processor[1];
          KDpc dpc = new KDpc("D", (self, context, one, two) -> on[0] = Activity.current().processor(), null);
          Irql old = Ke.raiseIrqlToDpcLevel();
          Processor mine = Activity.current().processor();
          dpc.insertQueue(null, null);
          dpc.setTargetProcessor(1 - mine.number());
          Ke.lowerIrql(old);
          assertSame(mine, on[0]);
          dpc.setTargetProcessor(2);
          dpc.setTargetProcessor(-1);
          old = Ke.raiseIrqlToDpcLevel();
          int other = 1 - mine.number();
          dpc.setImportance(KDpc.Importance.HIGH_IMPORTANCE);
          dpc.insertQueue(null, null);
          Ke.lowerIrql(old);
          Ke.flushQueuedDpcs();
          assertEquals(other, on[0].number());
        });
  }
}
