package org.cancelsafe.emu.rules;

import java.util.List;
import org.cancelsafe.emu.ke.KLockQueueHandle;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.Rule;

/** In-stack queued spin locks. */
final class QueuedLockExamples {
  private QueuedLockExamples() {}

  static List<Example> all() {
    return List.of(
        Example.of(
            Rule.ORDINARY_USE_OF_QUEUED_LOCK,
            machine -> {
              KSpinLock lock = new KSpinLock("L");
              use(lock, new KLockQueueHandle());
              lock.acquire();
            },
            machine -> {
              KSpinLock lock = new KSpinLock("L");
              use(lock, new KLockQueueHandle());
              use(lock, new KLockQueueHandle());
              KSpinLock ordinary = new KSpinLock("O");
              ordinary.release(ordinary.acquire());
            }),
        Example.of(
            Rule.QUEUED_USE_OF_ORDINARY_LOCK,
            QueuedLockExamples::queuesBehindAnOrdinaryHolder,
            machine -> {
              KSpinLock lock = new KSpinLock("L");
              for (int i = 0; i < 2; i++) {
                machine.startThread("T", () -> use(lock, new KLockQueueHandle()));
              }
            }),
        Example.of(
            Rule.QUEUE_HANDLE_IN_USE,
            machine -> {
              KLockQueueHandle handle = new KLockQueueHandle();
              new KSpinLock("L").acquireInStackQueued(handle);
              new KSpinLock("M").acquireInStackQueuedAtDpcLevel(handle);
            },
            machine -> {
              KLockQueueHandle handle = new KLockQueueHandle();
              KSpinLock inner = new KSpinLock("M");
              new KSpinLock("L").acquireInStackQueued(handle);
              KLockQueueHandle another = new KLockQueueHandle();
              inner.acquireInStackQueuedAtDpcLevel(another);
              another.releaseInStackQueuedFromDpcLevel();
              handle.releaseInStackQueued();
              use(inner, handle);
            }),
        Example.of(
            Rule.QUEUE_HANDLE_NOT_IN_USE,
            machine -> {
              KLockQueueHandle handle = new KLockQueueHandle();
              use(new KSpinLock("L"), handle);
              Ke.raiseIrqlToDpcLevel();
              handle.releaseInStackQueued();
            },
            machine -> use(new KSpinLock("L"), new KLockQueueHandle())));
  }

  private static void use(KSpinLock lock, KLockQueueHandle handle) {
    lock.acquireInStackQueued(handle);
    handle.releaseInStackQueued();
  }

  private static void queuesBehindAnOrdinaryHolder(Machine machine) {
    KSpinLock lock = new KSpinLock("L");
    machine.startThread(
        "holder",
        () -> {
          lock.acquire();
          machine.startThread("queues", () -> lock.acquireInStackQueued(new KLockQueueHandle()));
          while (!machine.isStopped()) {
            Thread.onSpinWait();
          }
        });
  }
}
