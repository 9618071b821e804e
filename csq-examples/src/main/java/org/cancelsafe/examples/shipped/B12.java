package org.cancelsafe.examples.shipped;

import static java.util.Objects.requireNonNull;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.function.Supplier;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.examples.textbook.PendingReadDriver;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Model;

/** B-12. */
@AutoService(CatalogueEntry.class)
public final class B12 implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("B-12", Family.CANCEL_ROUTINE, "The extension of another device")
        .text(
            """
            A read comes to the hub's device and waits in the list of a port. Its cancel routine takes the device that
            it is called with for the port, and its extension for the port's: where the lock should be there is
            something else, and it spins for ever. A cancel routine gets the device of the IRP's current stack
            location, not the owner of the queue.""")
        .shipped("usbip-win until 0b675598 (2020), `vhci_read.c`; bug check 0x133.")
        .mistake(MistakesDevice.class)
        .correction(HubReads.class, "portOf");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("B-12.broken")
            .about("usbip-win: the cancel routine mistakes the hub for the port")
            .expectingRace("UnhandledException")
            .model(readFromHub(MistakesDevice::new)),
        Scenario.named("B-12.fixed")
            .about("usbip-win: the cancel routine asks the file for the port")
            .model(readFromHub(HubReads::new)));
  }

  private record Hub(String name) {}

  private static class HubReads extends PendingReadDriver {
    @Override
    protected NtStatus read(DeviceObject device, Irp irp) {
      return super.read((DeviceObject) requireNonNull(fileOf(irp).fsContext()), irp);
    }

    @Override
    protected final void cancel(DeviceObject device, Irp irp) {
      super.cancel(portOf(device, irp), irp);
    }

    DeviceObject portOf(DeviceObject device, Irp irp) {
      return (DeviceObject) requireNonNull(fileOf(irp).fsContext());
    }

    private static FileObject fileOf(Irp irp) {
      return requireNonNull(irp.currentStackLocation().fileObject());
    }
  }

  private static final class MistakesDevice extends HubReads {
    @Override
    DeviceObject portOf(DeviceObject device, Irp irp) {
      return device;
    }
  }

  private static Model readFromHub(Supplier<HubReads> loaded) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      HubReads driver = loaded.get();
      DeviceObject port = driver.addDevice(io);
      DeviceObject hub = io.createDevice(port.driverObject(), "\\Device\\vhub", new Hub("vhub"));
      FileObject file = new FileObject("file", hub);
      file.setFsContext(port);
      Irp read = io.buildRequest(file, IRP_MJ_READ);
      machine.startThread("Read", () -> io.callDriver(hub, read));
      machine.startThread("Cancel", () -> io.cancelIrp(read));
    };
  }
}
