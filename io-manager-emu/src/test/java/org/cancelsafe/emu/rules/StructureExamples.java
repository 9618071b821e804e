package org.cancelsafe.emu.rules;

import static org.cancelsafe.emu.io.WorkQueueType.DELAYED_WORK_QUEUE;

import java.util.List;
import org.cancelsafe.emu.ex.Ex;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.ex.LookasideList;
import org.cancelsafe.emu.io.IoRemoveLock;
import org.cancelsafe.emu.io.IoWorkItem;
import org.cancelsafe.emu.ke.KDeviceQueue;
import org.cancelsafe.emu.ke.KDeviceQueueEntry;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.Rule;

/** Lists, device queues, work items, remove locks. */
final class StructureExamples {
  private StructureExamples() {}

  static List<Example> all() {
    return List.of(
        Example.of(
            Rule.FREED_TWICE,
            machine -> {
              LookasideList<String> list = new LookasideList<>("L", () -> "entry", entry -> {});
              list.free("entry");
              list.free("entry");
            },
            machine -> {
              LookasideList<String> list = new LookasideList<>("L", () -> "entry", entry -> {});
              list.free(list.allocate());
              list.free(list.allocate());
            }),
        Example.of(
            Rule.CORRUPT_LIST_ENTRY,
            machine -> {
              ListEntry entry = new ListEntry("E");
              new ListEntry("Q").insertTail(entry);
              new ListEntry("R").insertTail(entry);
            },
            machine -> {
              ListEntry entry = new ListEntry("E");
              new ListEntry("Q").insertTail(entry);
              entry.removeEntry();
              new ListEntry("R").insertTail(entry);
            }),
        Example.of(
            Rule.INTERLOCKED_LIST_LOCK,
            machine -> {
              KSpinLock lock = new KSpinLock("L");
              Ex.interlockedInsertTailList(new ListEntry("Q"), new ListEntry("E"), lock);
              lock.acquire();
            },
            machine -> {
              KSpinLock lock = new KSpinLock("L");
              ListEntry queue = new ListEntry("Q");
              Ex.interlockedInsertTailList(queue, new ListEntry("E"), lock);
              Ex.interlockedRemoveHeadList(queue, lock);
              KSpinLock other = new KSpinLock("M");
              other.release(other.acquire());
            }),
        Example.of(
            Rule.INTERLOCKED_LIST,
            machine -> {
              ListEntry queue = new ListEntry("Q");
              Ex.interlockedInsertTailList(queue, new ListEntry("E"), new KSpinLock("L"));
              queue.removeHead();
            },
            machine -> {
              ListEntry queue = new ListEntry("Q");
              KSpinLock lock = new KSpinLock("L");
              Ex.interlockedInsertTailList(queue, new ListEntry("E"), lock);
              Ex.interlockedRemoveHeadList(queue, lock);
            }),
        Example.of(
            Rule.IRQL_DISPATCH,
            machine -> new KDeviceQueue("D").insert(new KDeviceQueueEntry("E")),
            machine -> {
              Irql old = Ke.raiseIrqlToDpcLevel();
              new KDeviceQueue("D").insert(new KDeviceQueueEntry("E"));
              Ke.lowerIrql(old);
            }),
        Example.of(
            Rule.DEVICE_QUEUE_NOT_BUSY,
            machine -> {
              Ke.raiseIrqlToDpcLevel();
              new KDeviceQueue("D").remove();
            },
            machine -> {
              Irql old = Ke.raiseIrqlToDpcLevel();
              KDeviceQueue queue = new KDeviceQueue("D");
              queue.insert(new KDeviceQueueEntry("E"));
              queue.remove();
              Ke.lowerIrql(old);
            }),
        Example.of(
                Rule.WORK_ITEM_QUEUED_TWICE,
                machine -> queueTwice(machine, false),
                machine -> queueTwice(machine, true))
            .on(() -> Machine.live().processors(1)),
        Example.of(
                Rule.QUEUED_WORK_ITEM_FREED,
                machine -> queueAndFree(machine, false),
                machine -> queueAndFree(machine, true))
            .on(() -> Machine.live().processors(1)),
        Example.of(
            Rule.FREED_WORK_ITEM,
            machine -> {
              IoWorkItem item = Devices.device(machine, Devices::pend).allocateWorkItem();
              item.free();
              item.queue((device, context) -> {}, DELAYED_WORK_QUEUE, null);
            },
            machine -> queueAndFree(machine, true)),
        Example.of(
            Rule.REMOVE_LOCK,
            machine -> {
              IoRemoveLock lock = new IoRemoveLock("R");
              lock.acquire("a");
              lock.release("b");
            },
            machine -> {
              IoRemoveLock lock = new IoRemoveLock("R");
              lock.acquire("a");
              lock.release("a");
            }),
        Example.of(
            Rule.REMOVE_LOCK_WAIT_TAG,
            machine -> {
              IoRemoveLock lock = new IoRemoveLock("R");
              lock.acquire("a");
              lock.releaseAndWait("b");
            },
            machine -> {
              IoRemoveLock lock = new IoRemoveLock("R");
              lock.acquire("a");
              lock.releaseAndWait("a");
            }));
  }

  /** Queues a work item twice, its routine waited for in between or not. */
  private static void queueTwice(Machine machine, boolean waits) {
    IoWorkItem item = Devices.device(machine, Devices::pend).allocateWorkItem();
    KEvent ran = new KEvent("ran", KEvent.Type.SYNCHRONIZATION_EVENT, false);
    for (int i = 0; i < 2; i++) {
      Irql old = Ke.raiseIrqlToDpcLevel();
      item.queue((device, context) -> ran.set(), DELAYED_WORK_QUEUE, null);
      if (!waits) {
        item.queue((device, context) -> ran.set(), DELAYED_WORK_QUEUE, null);
      }
      Ke.lowerIrql(old);
      ran.waitForSingleObject();
    }
  }

  /** Queues a work item and frees it, before its routine has begun or in it. */
  private static void queueAndFree(Machine machine, boolean inRoutine) {
    IoWorkItem item = Devices.device(machine, Devices::pend).allocateWorkItem();
    Irql old = Ke.raiseIrqlToDpcLevel();
    item.queue(
        (device, context) -> {
          if (inRoutine) {
            item.free();
          }
        },
        DELAYED_WORK_QUEUE,
        null);
    if (!inRoutine) {
      item.free();
    }
    Ke.lowerIrql(old);
  }
}
