package org.cancelsafe.examples.textbook;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.function.Supplier;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Model;
import org.jspecify.annotations.Nullable;

/** T-14. */
@AutoService(CatalogueEntry.class)
public final class T14ContextReadUnlocked implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-14", Family.REMOVING, "The context is read before the lock")
        .text(
            """
            A read can be taken back by its context, which says whether it is still queued and where. Whoever takes it
            back looks into the context before it takes the lock. By the time it has the lock, the read may be
            cancelled, completed and gone.""")
        .mistake(Broken.class, "takeBack")
        .correction(WithContext.class, "takeBack");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-14.broken")
            .about("reads the context, then takes the lock")
            .expectingRace("DataRace")
            .model(takeBackWhileCancelling(Broken::new)),
        Scenario.named("T-14.fixed")
            .about("reads the context under the lock")
            .model(takeBackWhileCancelling(WithContext::new)));
  }

  private static class WithContext extends PendingReadDriver {
    final Shared<@Nullable Irp> contextIrp = new Shared<>("context.Irp", null);

    @Override
    protected boolean makeCancelable(Irp irp) {
      boolean cancelled = super.makeCancelable(irp);
      contextIrp.set(cancelled ? null : irp);
      return cancelled;
    }

    @Override
    protected void cancel(DeviceObject device, Irp irp) {
      irp.io().releaseCancelSpinLock(irp.cancelIrql());
      Extension extension = extensionOf(device);
      Irql irql = extension.lock.acquire();
      irp.listEntry().removeEntry();
      contextIrp.set(null);
      extension.lock.release(irql);
      complete(irp, STATUS_CANCELLED);
    }

    @Nullable Irp takeBack(Extension extension) {
      Irql irql = extension.lock.acquire();
      Irp irp = claim(contextIrp.get());
      extension.lock.release(irql);
      return irp;
    }

    final @Nullable Irp claim(@Nullable Irp irp) {
      if (irp == null || irp.setCancelRoutine(null) == null) {
        return null;
      }
      irp.listEntry().removeEntry();
      contextIrp.set(null);
      return irp;
    }
  }

  private static final class Broken extends WithContext {
    @Override
    @Nullable Irp takeBack(Extension extension) {
      Irp queued = contextIrp.get();
      Irql irql = extension.lock.acquire();
      Irp irp = claim(queued);
      extension.lock.release(irql);
      return irp;
    }
  }

  private static Model takeBackWhileCancelling(Supplier<WithContext> loaded) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      WithContext driver = loaded.get();
      DeviceObject device = driver.addDevice(io);
      Irp read = io.request(new FileObject("file", device), IRP_MJ_READ);
      machine.startThread("Cancel", () -> io.cancelIrp(read));
      machine.startThread(
          "TakeBack",
          () -> {
            Irp irp = driver.takeBack(PendingReadDriver.extensionOf(device));
            if (irp != null) {
              driver.complete(irp, STATUS_SUCCESS);
            }
          });
    };
  }
}
