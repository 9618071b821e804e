package org.cancelsafe.testkit.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.cancelsafe.csq.CsqCallbacks;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.testkit.Clause;
import org.cancelsafe.testkit.contract.Queues.InList;

/** Wrong in CsqCompleteCanceledIrp. */
final class BrokenCompletions {
  private BrokenCompletions() {}

  private interface Completion {
    void of(IoCsq csq, Irp irp, InList queue);
  }

  private static Supplier<CsqCallbacks> completing(Completion completion) {
    return () ->
        new InList(new ArrayList<>()) {
          @Override
          public void completeCanceledIrp(IoCsq csq, Irp irp) {
            completion.of(csq, irp, this);
          }
        };
  }

  private static void complete(Irp irp, NtStatus status, long information) {
    irp.setIoStatus(status, information);
    irp.io().completeRequest(irp);
  }

  static List<Broken> all() {
    return List.of(
        Broken.of("completes never", completing((csq, irp, queue) -> {}), Clause.NO_LOST_CANCEL, Clause.NO_LOST_IRP),
        Broken.of("completes twice", completing((csq, irp, queue) -> {
          complete(irp, NtStatus.STATUS_CANCELLED, 0);
          irp.io().completeRequest(irp);
        }), Clause.COMPLETE_ONCE),
        Broken.of("completes with success",
            completing((csq, irp, queue) -> complete(irp, NtStatus.STATUS_SUCCESS, 0)), Clause.COMPLETE_STATUS),
        Broken.of("completes with STATUS_PENDING",
            completing((csq, irp, queue) -> complete(irp, NtStatus.STATUS_PENDING, 0)), Clause.COMPLETE_STATUS),
        Broken.of("completes without a status",
            completing((csq, irp, queue) -> irp.io().completeRequest(irp)), Clause.COMPLETE_STATUS),
        Broken.of("completes with Information",
            completing((csq, irp, queue) -> complete(irp, NtStatus.STATUS_CANCELLED, 512)), Clause.COMPLETE_STATUS),
        Broken.of("completes under the lock", completing((csq, irp, queue) -> {
          Irql irql = queue.acquireLock(csq);
          complete(irp, NtStatus.STATUS_CANCELLED, 0);
          queue.releaseLock(csq, irql);
        }), Clause.COMPLETE_NOTHING_LOCKED),
        Broken.of("leaves the IRQL raised", completing((csq, irp, queue) -> {
          Ke.raiseIrqlToDpcLevel();
          complete(irp, NtStatus.STATUS_CANCELLED, 0);
        }), Clause.LOCK_BALANCE),
        Broken.of("touches the IRP afterwards", completing((csq, irp, queue) -> {
          complete(irp, NtStatus.STATUS_CANCELLED, 0);
          irp.setDriverContext(0, null);
        }), Clause.OWNERSHIP),
        Broken.of("completes another one", completing((csq, irp, queue) -> {
          Irp first = queue.irps.isEmpty() ? irp : queue.irps.get(0);
          complete(first, NtStatus.STATUS_CANCELLED, 0);
        }), Clause.LIBRARY_OWNS, Clause.COMPLETE_ONCE, Clause.OWNERSHIP),
        Broken.of("inserts it again", completing((csq, irp, queue) -> {
          Irql irql = queue.acquireLock(csq);
          queue.insertIrp(csq, irp);
          queue.releaseLock(csq, irql);
          complete(irp, NtStatus.STATUS_CANCELLED, 0);
        }), Clause.PEEK_FIRST, Clause.OWNERSHIP),
        Broken.of("sets a cancel routine first", completing((csq, irp, queue) -> {
          irp.setCancelRoutine((device, cancelled) -> {});
          complete(irp, NtStatus.STATUS_CANCELLED, 0);
        }), Clause.LIBRARY_OWNS),
        Broken.of("completes in remove, too", () ->
            new InList(new ArrayList<>()) {
              @Override
              public void removeIrp(IoCsq csq, Irp irp) {
                super.removeIrp(csq, irp);
                if (irp.cancel()) {
                  complete(irp, NtStatus.STATUS_CANCELLED, 0);
                }
              }

              @Override
              public void completeCanceledIrp(IoCsq csq, Irp irp) {}
            }, Clause.COMPLETE_NOTHING_LOCKED));
  }

}
