package org.cancelsafe.examples.textbook;

import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** T-22. */
@AutoService(CatalogueEntry.class)
public final class T22WaitsAtDispatchLevel implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-22", Family.CANCEL_ROUTINE, "The cancel routine waits at DISPATCH_LEVEL")
        .text(
            """
            The queue's lock is a mutex, because what it guards is pageable. The cancel routine is entered at
            DISPATCH_LEVEL with the cancel spin lock held, and waits for the mutex there. It may wait only after it has
            given the cancel spin lock back, and only where nobody cancels at DISPATCH_LEVEL: `CancelIrql` is the IRQL
            of who called IoCancelIrp.""")
        .mistake(Broken.class, "cancel")
        .correction(UnderMutex.class, "cancel");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-22.broken")
            .about("waits for a mutex with the cancel spin lock held")
            .expectingRace("IrqlKeApcLte1")
            .model(Requests.readWhileCancelling(Broken::new)),
        Scenario.named("T-22.fixed")
            .about("gives the cancel spin lock back, then waits")
            .model(Requests.readWhileCancelling(UnderMutex::new)));
  }

  private static class UnderMutex extends PendingReadDriver {
    final KEvent mutex = new KEvent("mutex", KEvent.Type.SYNCHRONIZATION_EVENT, true);

    @Override
    protected NtStatus read(DeviceObject device, Irp irp) {
      mutex.waitForSingleObject();
      irp.markPending();
      extensionOf(device).queue.insertTail(irp.listEntry());
      boolean cancelled = makeCancelable(irp);
      mutex.set();
      if (cancelled) {
        complete(irp, STATUS_CANCELLED);
      }
      return STATUS_PENDING;
    }

    @Override
    protected void cancel(DeviceObject device, Irp irp) {
      irp.io().releaseCancelSpinLock(irp.cancelIrql());
      mutex.waitForSingleObject();
      irp.listEntry().removeEntry();
      mutex.set();
      complete(irp, STATUS_CANCELLED);
    }
  }

  private static final class Broken extends UnderMutex {
    @Override
    protected void cancel(DeviceObject device, Irp irp) {
      mutex.waitForSingleObject();
      irp.listEntry().removeEntry();
      mutex.set();
      irp.io().releaseCancelSpinLock(irp.cancelIrql());
      complete(irp, STATUS_CANCELLED);
    }
  }
}
