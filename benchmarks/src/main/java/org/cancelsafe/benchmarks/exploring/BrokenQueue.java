package org.cancelsafe.benchmarks.exploring;

import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.scenario.Scenario;

/** R3b as a model: a hand-made queue that tests Cancel under its lock, and then arms. */
final class BrokenQueue {
  private final IoManager io;
  private final KSpinLock lock = new KSpinLock("QL");
  private final ListEntry queue = new ListEntry("Q");

  private BrokenQueue(Machine machine) {
    io = IoManager.of(machine);
  }

  static Scenario scenario() {
    return Scenario.named("tests-cancel-before-arming")
        .expectingRace("CancelledIrpNotCompleted")
        .model(
            machine -> {
              BrokenQueue broken = new BrokenQueue(machine);
              Irp irp = broken.io.allocateIrp(1);
              irp.setNextStackLocation();
              machine.startThread("Insert", () -> broken.insert(irp));
              machine.startThread("Cancel", () -> broken.io.cancelIrp(irp));
              machine.startThread("Remove", broken::remove);
            });
  }

  private void insert(Irp irp) {
    Irql old = lock.acquire();
    irp.markPending();
    boolean cancelled = irp.cancel();
    if (!cancelled) {
      irp.setCancelRoutine(this::cancel);
      queue.insertTail(irp.listEntry());
    }
    lock.release(old);
    if (cancelled) {
      complete(irp, NtStatus.STATUS_CANCELLED);
    }
  }

  private void cancel(DeviceObject device, Irp irp) {
    io.releaseCancelSpinLock(irp.cancelIrql());
    Irql old = lock.acquire();
    irp.listEntry().removeEntry();
    lock.release(old);
    complete(irp, NtStatus.STATUS_CANCELLED);
  }

  private void remove() {
    Irql old = lock.acquire();
    Irp irp = queue.isEmpty() ? null : Irp.fromListEntry(queue.flink());
    if (irp != null && irp.setCancelRoutine(null) == null) {
      irp = null;
    }
    if (irp != null) {
      irp.listEntry().removeEntry();
    }
    lock.release(old);
    if (irp != null) {
      complete(irp, NtStatus.STATUS_SUCCESS);
    }
  }

  private void complete(Irp irp, NtStatus status) {
    irp.setIoStatus(status, 0);
    io.completeRequest(irp);
  }
}
