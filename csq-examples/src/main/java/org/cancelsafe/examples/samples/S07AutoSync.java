package org.cancelsafe.examples.samples;

import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** S-7. */
@AutoService(CatalogueEntry.class)
public final class S07AutoSync implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("S-7", Family.DESIGNS, "All callbacks under one lock")
        .text(
            """
            One current request, which a timer completes. Dispatch, cancel callback and timer run under one
            presentation lock. The timer that cannot take the cancel routine back leaves the request alone: the cancel
            callback is waiting for the lock, and will complete it. It looks as if a request could be lost between the
            two, and none is (N-5).""")
        .shipped("Windows driver samples, `general/echo/kmdf/driver/AutoSync`.")
        .correction(AutoSync.class);
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("S-7.fixed")
            .about("timer and cancel callback under one lock")
            .model(EchoDriver.sendAndCancel(AutoSync::new)));
  }

  private static final class AutoSync extends EchoDriver {
    @Override
    NtStatus request(DeviceObject device, Irp irp) {
      Irql irql = lock.acquire();
      irp.markPending();
      currentRequest.set(irp);
      irp.setCancelRoutine(this::cancel);
      boolean cancelled = irp.cancel() && irp.setCancelRoutine(null) != null;
      if (cancelled) {
        currentRequest.set(null);
      } else {
        setTimer();
      }
      lock.release(irql);
      if (cancelled) {
        complete(irp, STATUS_CANCELLED);
      }
      return STATUS_PENDING;
    }

    private void cancel(DeviceObject device, Irp irp) {
      irp.io().releaseCancelSpinLock(irp.cancelIrql());
      Irql irql = lock.acquire();
      currentRequest.set(null);
      lock.release(irql);
      complete(irp, STATUS_CANCELLED);
    }

    @Override
    void timer() {
      Irql irql = lock.acquire();
      Irp irp = currentRequest.get();
      boolean mine = irp != null && irp.setCancelRoutine(null) != null;
      if (mine) {
        currentRequest.set(null);
      }
      lock.release(irql);
      if (mine) {
        complete(irp, STATUS_SUCCESS);
      }
    }
  }
}
