package org.cancelsafe.examples.readme;

import java.util.List;
import org.cancelsafe.csq.FifoCallbacks;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverDispatch;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.scenario.Scenario;

/** The example of the README: a queue that loses a cancel, and the same driver with a cancel-safe queue. */
public final class Readme {
  private Readme() {}

  // README: scenario
  /** Both scenarios. */
  public static List<Scenario> scenarios() {
    return List.of(
        Scenario.named("readme.broken")
            .about("a read is dispatched and cancelled")
            .expectingRace("CancelledIrpNotCompleted")
            .model(machine -> raceForARead(machine, new PendedReads()::read)),
        Scenario.named("readme.fixed")
            .about("the same with a cancel-safe queue")
            .model(machine -> raceForARead(machine, readIntoCsq())));
  }

  private static void raceForARead(Machine machine, DriverDispatch read) {
    IoManager io = IoManager.of(machine);
    DriverObject driver = new DriverObject("mydriver").setMajorFunction(MajorFunction.IRP_MJ_READ, read);
    DeviceObject device = io.createDevice(driver, "dev0", null);
    Irp irp = io.buildRequest(new FileObject("file", device), MajorFunction.IRP_MJ_READ);
    machine.startThread("Dispatch", () -> io.callDriver(device, irp));
    machine.startThread("Cancel", () -> io.cancelIrp(irp));
  }
  // README: end

  // README: fix
  static DriverDispatch readIntoCsq() {
    IoCsq csq = new IoCsq();
    csq.initialize(new FifoCallbacks("queue"));
    return (device, irp) -> {
      csq.insertIrp(irp, null);
      return NtStatus.STATUS_PENDING;
    };
  }
  // README: end
}
