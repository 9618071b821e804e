package org.cancelsafe.examples.textbook;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_WRITE;
import static org.cancelsafe.emu.io.NtStatus.STATUS_MORE_PROCESSING_REQUIRED;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
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
        .mistake(T35CancelledAndFreed.class, "timeOut");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-35.broken")
            .about("the completion routine frees the IRP")
            .expectingRace("IrpTouchedAfterCompletion")
            .model(timeOut(true)),
        Scenario.named("T-35.fixed")
            .about("who may cancel it frees it, when it is completed")
            .model(timeOut(false)));
  }

  private static Model timeOut(boolean freesAtOnce) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      DeviceObject device = new PendingReadDriver().addDevice(io);
      KEvent completed = new KEvent("completed", KEvent.Type.NOTIFICATION_EVENT, false);
      Irp irp = io.allocateIrp(device.stackSize());
      irp.nextStackLocation().setMajorFunction(IRP_MJ_READ);
      irp.setCompletionRoutine(
          (above, done, context) -> {
            if (freesAtOnce) {
              io.freeIrp(done);
            }
            completed.set();
            return STATUS_MORE_PROCESSING_REQUIRED;
          },
          null, true, true, true);
      io.callDriver(device, irp);
      machine.startThread("Write", () -> io.request(new FileObject("file", device), IRP_MJ_WRITE));
      machine.startThread(
          "Client",
          () -> {
            if (!completed.waitForSingleObject(100)) {
              io.cancelIrp(irp);
              completed.waitForSingleObject();
            }
            if (!freesAtOnce) {
              io.freeIrp(irp);
            }
          });
    };
  }
}
