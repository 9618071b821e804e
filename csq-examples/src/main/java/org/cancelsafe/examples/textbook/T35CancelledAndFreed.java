package org.cancelsafe.examples.textbook;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_WRITE;
import static org.cancelsafe.emu.io.NtStatus.STATUS_MORE_PROCESSING_REQUIRED;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.function.Supplier;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Model;

/** T-35. */
@AutoService(CatalogueEntry.class)
public final class T35CancelledAndFreed implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-35", Family.COMPLETION, "Cancelled while its completion frees it")
        .text(
            """
            Whoever made an IRP frees it in its completion routine, and on a timeout asks for its cancellation. The
            request may be completed between the timeout and IoCancelIrp: that takes an IRP that is freed. Either the
            completion routine leaves the freeing to the one who may cancel, or both agree with an exchange (B-17).""")
        .shipped("libusb-win32 (B-17).")
        .mistake(Client.class, "waitOrCancel")
        .mistake(Broken.class)
        .correction(Client.class);
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-35.broken")
            .about("the completion routine frees the IRP")
            .expectingRace("IrpTouchedAfterCompletion")
            .model(timeOut(Broken::new)),
        Scenario.named("T-35.fixed")
            .about("who may cancel it frees it, when it is completed")
            .model(timeOut(Client::new)));
  }

  private static class Client {
    final KEvent event = new KEvent("completed", KEvent.Type.NOTIFICATION_EVENT, false);

    NtStatus completed(Irp irp) {
      event.set();
      return STATUS_MORE_PROCESSING_REQUIRED;
    }

    final void waitOrCancel(Irp irp) {
      if (!event.waitForSingleObject(100)) {
        irp.io().cancelIrp(irp);
        event.waitForSingleObject();
      }
      done(irp);
    }

    void done(Irp irp) {
      irp.io().freeIrp(irp);
    }
  }

  private static final class Broken extends Client {
    @Override
    NtStatus completed(Irp irp) {
      irp.io().freeIrp(irp);
      return super.completed(irp);
    }

    @Override
    void done(Irp irp) {}
  }

  private static Model timeOut(Supplier<Client> made) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      Client client = made.get();
      DeviceObject device = new PendingReadDriver().addDevice(io);
      Irp irp = io.allocateIrp(device.stackSize());
      irp.nextStackLocation().setMajorFunction(IRP_MJ_READ);
      irp.setCompletionRoutine((above, done, context) -> client.completed(done), null, true, true, true);
      io.callDriver(device, irp);
      machine.startThread("Write", () -> io.request(new FileObject("file", device), IRP_MJ_WRITE));
      machine.startThread("Client", () -> client.waitOrCancel(irp));
    };
  }
}
