package org.cancelsafe.examples.shipped;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.ke.KThread;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** B-6. */
@AutoService(CatalogueEntry.class)
public final class B6 implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("B-6", Family.REMOVING, "The timeout completes with the routine armed")
        .text(
            """
            The timeout path treats a create that timed out like one that was canceled by force. But the latter has
            lost its cancel routine on the way there, and the former still has it.""")
        .shipped("Dokany until 7f0ab672 (2021), `sys/timeout.c`.")
        .mistake(TimesOutArmed.class)
        .correction(DokanDriver.class, "takeTimedOut");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("B-6.broken")
            .about("Dokany: a timed-out create is completed with its routine set")
            .expectingRace("CompleteWithCancelRoutine")
            .model(machine -> race(machine, new TimesOutArmed())),
        Scenario.named("B-6.fixed")
            .about("Dokany: the timeout takes the cancel routine first")
            .model(machine -> race(machine, new DokanDriver())));
  }

  private static final class TimesOutArmed extends DokanDriver {
    @Override
    boolean takeTimedOut(Irp irp) {
      return true;
    }
  }

  private static void race(Machine machine, DokanDriver driver) {
    IoManager io = IoManager.of(machine);
    DokanDriver.Dcb dcb = new DokanDriver.Dcb();
    DeviceObject device = io.createDevice(driver.driverObject(), "\\Device\\Dokan", dcb);
    Irp create = io.buildRequest(new FileObject("file", device), MajorFunction.IRP_MJ_CREATE);
    machine.startThread("Create", () -> io.callDriver(device, create));
    machine.startThread("Cancel", () -> io.cancelIrp(create));
    KThread.createSystemThread(machine, "Timeout", () -> driver.timeoutThread(dcb));
  }
}
