package org.cancelsafe.hunter.machine;

import static org.cancelsafe.emu.io.WorkQueueType.CRITICAL_WORK_QUEUE;
import static org.cancelsafe.emu.io.WorkQueueType.DELAYED_WORK_QUEUE;

import org.cancelsafe.emu.ex.WorkQueueItem;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;

class WorkItemsTest {
  /** Who queues an item that its routine may not have been begun with yet. */
  @Test
  @Statement(228)
  void queueingAgainBeforeTheRoutineHasBegun() {
    Hunts.assertFinds(
        "WorkItem",
        2,
        machine -> {
          WorkQueueItem item = new WorkQueueItem("W", parameter -> {}, null);
          machine.startThread(
              "Driver",
              () -> {
                item.queue(DELAYED_WORK_QUEUE);
                item.queue(CRITICAL_WORK_QUEUE);
              });
        });
  }

  @Test
  @Statement(227)
  void whoWaitsUntilTheRoutineHasBegunMayQueueAgain() {
    Hunts.assertSafe(
        2,
        machine -> {
          KEvent begun = new KEvent("begun", KEvent.Type.SYNCHRONIZATION_EVENT, false);
          WorkQueueItem item = new WorkQueueItem("W", parameter -> begun.set(), null);
          machine.startThread(
              "Driver",
              () -> {
                item.queue(DELAYED_WORK_QUEUE);
                begun.waitForSingleObject();
                item.queue(CRITICAL_WORK_QUEUE);
              });
        });
  }

  @Test
  void theRoutineSeesWhatItsQueuerWrote() {
    Hunts.assertSafe(
        2,
        machine -> {
          Shared<Integer> count = new Shared<>("count", 0);
          WorkQueueItem item = new WorkQueueItem("W", parameter -> count.set(count.get() + 1), null);
          machine.startThread(
              "Driver",
              () -> {
                count.set(1);
                item.queue(DELAYED_WORK_QUEUE);
              });
        });
    Hunts.assertFinds(
        "DataRace",
        2,
        machine -> {
          Shared<Integer> count = new Shared<>("count", 0);
          WorkQueueItem item = new WorkQueueItem("W", parameter -> count.set(count.get() + 1), null);
          machine.startThread(
              "Driver",
              () -> {
                item.queue(DELAYED_WORK_QUEUE);
                count.set(1);
              });
        });
  }

  /** A pulse that comes before the wait is lost. */
  @Test
  void aPulseThatNobodyWaitsFor() {
    Hunts.assertFinds(
        "Deadlock",
        2,
        machine -> {
          KEvent event = new KEvent("E", KEvent.Type.NOTIFICATION_EVENT, false);
          machine.startThread("Waiter", event::waitForSingleObject);
          machine.startThread("Pulser", event::pulse);
        });
  }
}
