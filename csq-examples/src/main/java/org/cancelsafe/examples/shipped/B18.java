package org.cancelsafe.examples.shipped;

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
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.examples.drivers.SlotDriver;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Model;

/** B-18. */
@AutoService(CatalogueEntry.class)
public final class B18 implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("B-18", Family.CANCEL_ROUTINE, "The slot is empty, so the cancel callback does nothing")
        .text(
            """
            The port's DPC takes the pending read out of its slot, finds that it is being cancelled, and leaves it to
            the cancel callback. The callback looks into the slot, finds nothing, and does nothing. The read is never
            completed, and the machine does not go to sleep: bug check 0x9F at the next power transition.""")
        .shipped(
            "VirtIO serial driver until 4fa32a7b and 7cde90d7 (2016), `vioserial/sys/Port.c`; "
            + "BZ#1296099.")
        .mistake(SlotDriver.class, "take")
        .mistake(LooksIntoSlot.class)
        .correction(SlotDriver.class, "cancel");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("B-18.broken")
            .about("vioserial: the callback completes only what it finds in the slot")
            .expectingRace("CancelledIrpNotCompleted")
            .model(cancelWhileDataComes(LooksIntoSlot::new)),
        Scenario.named("B-18.fixed")
            .about("vioserial: the callback always completes its request")
            .model(cancelWhileDataComes(SlotDriver::new)));
  }

  private static final class LooksIntoSlot extends SlotDriver {
    @Override
    protected void cancel(DeviceObject device, Irp irp) {
      irp.io().releaseCancelSpinLock(irp.cancelIrql());
      if (clearSlot(extensionOf(device), irp)) {
        complete(irp, STATUS_CANCELLED);
      }
    }
  }

  private static Model cancelWhileDataComes(Supplier<SlotDriver> driver) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      DeviceObject device = driver.get().addDevice(io);
      FileObject file = new FileObject("port", device);
      Irp read = io.request(file, IRP_MJ_READ);
      KDpc dpc = new KDpc("PortDpc", (self, context, one, two) -> io.request(file, IRP_MJ_WRITE), null);
      machine.startThread("Cancel", () -> io.cancelIrp(read));
      machine.startThread("Device", () -> dpc.insertQueue(null, null));
    };
  }
}
