package org.cancelsafe.emu.rules;

import static org.cancelsafe.emu.machine.Irql.DIRQL_3;

import java.util.Collections;
import java.util.List;
import org.cancelsafe.emu.ex.FastMutex;
import org.cancelsafe.emu.ex.WorkQueueItem;
import org.cancelsafe.emu.io.WorkQueueType;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KMutex;
import org.cancelsafe.emu.ke.KProcessorMode;
import org.cancelsafe.emu.ke.KWaitReason;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.ke.WaitType;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.verifier.Rule;

/** Events, and waiting for them. */
final class WaitExamples {
  private WaitExamples() {}

  static List<Example> all() {
    return List.of(
        Example.of(
            Rule.WAIT_AT_DISPATCH,
            machine -> {
              Ke.raiseIrqlToDpcLevel();
              signaled().waitForSingleObject();
            },
            machine -> signaled().waitForSingleObject()),
        Example.of(
            Rule.TIMED_WAIT_AT_DISPATCH,
            machine -> {
              Ke.raiseIrqlToDpcLevel();
              signaled().waitForSingleObject(10_000);
            },
            machine -> {
              Irql old = Ke.raiseIrqlToDpcLevel();
              signaled().waitForSingleObject(0);
              Ke.lowerIrql(old);
            }),
        Example.of(
            Rule.WAIT_ABOVE_DISPATCH,
            machine -> {
              Ke.raiseIrql(DIRQL_3);
              signaled().waitForSingleObject(0);
            },
            machine -> {
              Irql old = Ke.raiseIrqlToDpcLevel();
              signaled().waitForSingleObject(0);
              Ke.lowerIrql(old);
            }),
        Example.of(
            Rule.SWITCH_FROM_DPC,
            machine ->
                new KDpc("D", (dpc, context, one, two) -> signaled().waitForSingleObject(), null)
                    .insertQueue(null, null),
            machine ->
                new KDpc("D", (dpc, context, one, two) -> signaled().waitForSingleObject(0), null)
                    .insertQueue(null, null)),
        Example.of(
            Rule.SET_EVENT_ABOVE_DISPATCH,
            machine -> {
              Ke.raiseIrql(DIRQL_3);
              signaled().set();
            },
            machine -> {
              Irql old = Ke.raiseIrqlToDpcLevel();
              signaled().set();
              Ke.lowerIrql(old);
            }),
        Example.of(
            Rule.SET_EVENT_AND_WAIT_ABOVE_APC,
            machine -> {
              Ke.raiseIrqlToDpcLevel();
              signaled().set(0, true);
            },
            machine -> {
              Irql old = Ke.raiseIrql(Irql.APC_LEVEL);
              KEvent event = signaled();
              event.set(0, true);
              event.waitForSingleObject();
              Ke.lowerIrql(old);
            }),
        Example.of(
            Rule.THREAD_ENDED_OWNING_MUTEX,
            machine -> machine.startThread("T", new KMutex("M")::waitForSingleObject),
            machine -> machine.startThread("T", () -> inMutex(new KMutex("M"), 2))),
        Example.of(
            Rule.WORKER_RETURNED_OWNING_MUTEX,
            machine -> workItem(new KMutex("M")::waitForSingleObject),
            machine -> workItem(() -> inMutex(new KMutex("M"), 1))),
        Example.of(
            Rule.MAXIMUM_WAIT_OBJECTS_EXCEEDED,
            machine -> waitForSoMany(65),
            machine -> waitForSoMany(64)),
        Example.of(
            Rule.DEADLOCK,
            machine -> {
              FastMutex mutex = new FastMutex("M");
              machine.startThread(
                  "T",
                  () -> {
                    mutex.acquire();
                    mutex.acquire();
                  });
            },
            machine -> {
              FastMutex mutex = new FastMutex("M");
              for (int i = 0; i < 2; i++) {
                machine.startThread(
                    "T",
                    () -> {
                      mutex.acquire();
                      mutex.release();
                    });
              }
            }));
  }

  private static KEvent signaled() {
    return new KEvent("E", KEvent.Type.NOTIFICATION_EVENT, true);
  }

  private static void waitForSoMany(int count) {
    Ke.waitForMultipleObjects(
        Collections.nCopies(count, signaled()),
        WaitType.WAIT_ANY,
        KWaitReason.EXECUTIVE,
        KProcessorMode.KERNEL_MODE,
        false,
        null);
  }

  private static void inMutex(KMutex mutex, int times) {
    for (int i = 0; i < times; i++) {
      mutex.waitForSingleObject();
    }
    for (int i = 0; i < times; i++) {
      mutex.release();
    }
  }

  private static void workItem(Runnable routine) {
    new WorkQueueItem("W", parameter -> routine.run(), null).queue(WorkQueueType.DELAYED_WORK_QUEUE);
  }
}
