package org.cancelsafe.examples.textbook;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_WRITE;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.function.Supplier;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Model;
import org.jspecify.annotations.Nullable;

/** T-21. */
@AutoService(CatalogueEntry.class)
public final class T21CompletesUnderLock implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-21", Family.COMPLETION, "Completed with the lock held")
        .text(
            """
            The driver completes a read with its queue's lock held. Completing runs the completion routine of whoever
            sent the read, and that sends the next one at once: it comes back into the driver, which asks for the lock
            that it holds.""")
        .mistake(Broken.class, "dequeue")
        .correction(PendingReadDriver.class, "dequeue");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-21.broken")
            .about("completes under the lock; the sender sends the next read")
            .expectingRace("SpinLockSafe")
            .model(sendsTheNext(Broken::new)),
        Scenario.named("T-21.fixed")
            .about("completes after it has released the lock")
            .model(sendsTheNext(PendingReadDriver::new)));
  }

  private static final class Broken extends PendingReadDriver {
    @Override
    protected @Nullable Irp dequeue(Extension extension) {
      Irql irql = extension.lock.acquire();
      Irp irp = claimNext(extension);
      if (irp != null) {
        complete(irp, STATUS_SUCCESS);
      }
      extension.lock.release(irql);
      return null;
    }
  }

  private static Model sendsTheNext(Supplier<PendingReadDriver> driver) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      DeviceObject device = driver.get().addDevice(io);
      FileObject file = new FileObject("file", device);
      Irp first = io.buildRequest(file, IRP_MJ_READ);
      Irp next = io.buildRequest(file, IRP_MJ_READ);
      first.setCompletionRoutine(
          (above, irp, context) -> {
            io.callDriver(device, next);
            return STATUS_SUCCESS;
          },
          null, true, true, true);
      machine.startThread("Read", () -> io.callDriver(device, first));
      machine.startThread("Write", () -> io.request(file, IRP_MJ_WRITE));
    };
  }
}
