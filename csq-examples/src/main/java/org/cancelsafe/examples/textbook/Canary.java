package org.cancelsafe.examples.textbook;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** canary. */
@AutoService(CatalogueEntry.class)
public final class Canary implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("canary", Family.FIRST, "The bird in the mine")
        .text(
            """
            Two threads look whether an IRP is taken, then take it, and both complete it. It goes wrong only if one
            of them is preempted between the look and the taking. A hunter that is green here is blind.""")
        .mistake(Canary.class, "complete");
  }

  private static void setUp(Machine machine) {
    IoManager io = IoManager.of(machine);
    DriverObject driver = new DriverObject("canary").setMajorFunction(IRP_MJ_READ, Canary::pend);
    DeviceObject device = io.createDevice(driver, "device", null);
    Irp irp = io.request(new FileObject("file", device), IRP_MJ_READ);
    InterlockedLong taken = new InterlockedLong("taken", 0);
    machine.startThread("Left", () -> complete(irp, taken));
    machine.startThread("Right", () -> complete(irp, taken));
  }

  private static NtStatus pend(DeviceObject device, Irp irp) {
    irp.markPending();
    return STATUS_PENDING;
  }

  private static void complete(Irp irp, InterlockedLong taken) {
    if (taken.read() == 0) {
      taken.write(1);
      irp.io().completeRequest(irp);
    }
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("canary")
            .about("two threads look, then both complete: must always be found")
            .expectingRace("DoubleCompletion")
            .model(Canary::setUp));
  }
}
