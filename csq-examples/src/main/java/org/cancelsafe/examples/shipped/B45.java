package org.cancelsafe.examples.shipped;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** B-45. */
@AutoService(CatalogueEntry.class)
public final class B45 implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("B-45", Family.ARMING, "The context is set after arming")
        .text(
            """
            `DriverContext[0]` is set after arming. The cancel routine reads it to find the lock, so no lock can
            help: what it reads must have been written before the exchange that arms.""")
        .shipped("Windows driver samples, ndisprot 6x, `recv.c`.")
        .mistake(ArmsFirst.class)
        .correction(NdisprotDriver.class, "pend");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("B-45.broken")
            .about("ndisprot: arms before it sets what the cancel routine reads")
            .expectingRace("DataRace")
            .model(machine -> race(machine, new ArmsFirst())),
        Scenario.named("B-45.fixed")
            .about("ndisprot: the context is set, then the routine")
            .model(machine -> race(machine, new NdisprotDriver())));
  }

  private static final class ArmsFirst extends NdisprotDriver {
    @Override
    boolean pend(OpenContext open, Irp irp) {
      irp.setCancelRoutine(NdisprotDriver::cancelRead);
      if (irp.cancel() && irp.setCancelRoutine(null) != null) {
        return false;
      }
      open.pendedReads.insertTail(irp.listEntry());
      irp.setDriverContext(0, open);
      return true;
    }
  }

  static void race(Machine machine, NdisprotDriver driver) {
    IoManager io = IoManager.of(machine);
    NdisprotDriver.OpenContext open = new NdisprotDriver.OpenContext();
    DeviceObject device = io.createDevice(driver.driverObject(), "\\Device\\NdisProt", null);
    FileObject file = new FileObject("adapter", device);
    file.setFsContext(open);
    Irp read = io.buildRequest(file, MajorFunction.IRP_MJ_READ);
    machine.startThread("Read", () -> io.callDriver(device, read));
    machine.startThread("Cancel", () -> io.cancelIrp(read));
    machine.startThread("Receive", () -> driver.receive(open));
  }
}
