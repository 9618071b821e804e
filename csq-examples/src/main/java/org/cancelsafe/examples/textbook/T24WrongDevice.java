package org.cancelsafe.examples.textbook;

import static java.util.Objects.requireNonNull;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_WRITE;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.function.Supplier;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Model;
import org.jspecify.annotations.Nullable;

/** T-24. */
@AutoService(CatalogueEntry.class)
public final class T24WrongDevice implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-24", Family.CANCEL_ROUTINE, "The lock of the wrong device")
        .text(
            """
            Two devices of a driver share one queue, which is in the extension of the first. The cancel routine gets
            the device that the IRP was sent to, and takes that one's lock. For an IRP of the second device this is a
            lock, but not the queue's.""")
        .shipped("usbip-win (B-12).")
        .mistake(Broken.class)
        .correction(SharesQueue.class);
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-24.broken")
            .about("unlinks under the lock of the device that the IRP was sent to")
            .expectingRace("DataRace")
            .model(readThroughTheOther(Broken::new)),
        Scenario.named("T-24.fixed")
            .about("unlinks under the lock of the device whose queue it is")
            .model(readThroughTheOther(SharesQueue::new)));
  }

  private static class SharesQueue extends PendingReadDriver {
    private @Nullable DeviceObject queueOwner;

    final DeviceObject addSecondDevice(IoManager io, DeviceObject first) {
      queueOwner = first;
      return addDevice(io);
    }

    @Override
    protected NtStatus read(DeviceObject device, Irp irp) {
      return super.read(queueOwner(), irp);
    }

    @Override
    protected void cancel(DeviceObject device, Irp irp) {
      super.cancel(queueOwner(), irp);
    }

    final DeviceObject queueOwner() {
      return requireNonNull(queueOwner);
    }
  }

  private static final class Broken extends SharesQueue {
    @Override
    protected void cancel(DeviceObject device, Irp irp) {
      irp.io().releaseCancelSpinLock(irp.cancelIrql());
      Extension extension = extensionOf(device);
      Irql irql = extension.lock.acquire();
      irp.listEntry().removeEntry();
      extension.lock.release(irql);
      complete(irp, STATUS_CANCELLED);
    }
  }

  private static Model readThroughTheOther(Supplier<SharesQueue> loaded) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      SharesQueue driver = loaded.get();
      DeviceObject first = driver.addDevice(io);
      DeviceObject second = driver.addSecondDevice(io, first);
      FileObject file = new FileObject("file", first);
      Irp read = io.request(new FileObject("other", second), IRP_MJ_READ);
      machine.startThread("Cancel", () -> io.cancelIrp(read));
      machine.startThread("Write", () -> io.request(file, IRP_MJ_WRITE));
    };
  }
}
