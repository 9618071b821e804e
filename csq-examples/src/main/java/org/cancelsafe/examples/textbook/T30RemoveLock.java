package org.cancelsafe.examples.textbook;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_DELETE_PENDING;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.function.Supplier;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.IoRemoveLock;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.examples.drivers.PoolBlock;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Model;

/** T-30. */
@AutoService(CatalogueEntry.class)
public final class T30RemoveLock implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-30", Family.TEARDOWN, "The remove lock is not held as long as the IRP")
        .text(
            """
            A remove lock keeps a device until nobody uses it. A read that is queued uses it: the lock is taken when
            the read comes and given back when it is completed, whoever completes it. Given back by the dispatch
            routine, though the read is pending, the device goes away under a cancel routine. Not given back by the
            cancel routine, removal waits for ever.""")
        .mistake(ReleasesEarly.class)
        .mistake(NeverReleases.class)
        .correction(Removable.class, "read")
        .correction(Removable.class, "complete")
        .correction(Removable.class, "remove");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-30.early")
            .about("the dispatch routine gives the lock back, though the read is pending")
            .expectingRace("DataRace")
            .model(removeWhileCancelling(ReleasesEarly::new)),
        Scenario.named("T-30.never")
            .about("the cancel routine does not give the lock back")
            .expectingRace("Deadlock")
            .model(removeWhileCancelling(NeverReleases::new)),
        Scenario.named("T-30.fixed")
            .about("whoever completes the read gives the lock back")
            .model(removeWhileCancelling(Removable::new)));
  }

  private static class Removable extends PendingReadDriver {
    final IoRemoveLock removeLock = new IoRemoveLock("RemoveLock");
    final PoolBlock device = new PoolBlock("device");

    @Override
    protected NtStatus read(DeviceObject device, Irp irp) {
      if (!removeLock.acquire().isSuccess()) {
        super.complete(irp, STATUS_DELETE_PENDING);
        return STATUS_DELETE_PENDING;
      }
      return super.read(device, irp);
    }

    @Override
    protected void complete(Irp irp, NtStatus status) {
      device.use();
      super.complete(irp, status);
      removeLock.release();
    }

    final void remove(Extension extension) {
      removeLock.acquire();
      for (Irp irp = dequeue(extension); irp != null; irp = dequeue(extension)) {
        complete(irp, STATUS_DELETE_PENDING);
      }
      removeLock.releaseAndWait();
      device.free();
    }
  }

  private static final class ReleasesEarly extends Removable {
    @Override
    protected NtStatus read(DeviceObject device, Irp irp) {
      NtStatus status = super.read(device, irp);
      removeLock.release();
      return status;
    }

    @Override
    protected void complete(Irp irp, NtStatus status) {
      removeLock.acquire();
      super.complete(irp, status);
    }
  }

  private static final class NeverReleases extends Removable {
    @Override
    protected void cancel(DeviceObject device, Irp irp) {
      removeLock.acquire();
      super.cancel(device, irp);
    }
  }

  private static Model removeWhileCancelling(Supplier<Removable> loaded) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      Removable driver = loaded.get();
      DeviceObject device = driver.addDevice(io);
      Irp read = io.request(new FileObject("file", device), IRP_MJ_READ);
      machine.startThread("Cancel", () -> io.cancelIrp(read));
      machine.startThread("Remove", () -> driver.remove(PendingReadDriver.extensionOf(device)));
    };
  }
}
