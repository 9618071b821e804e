package org.cancelsafe.hunter;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

/** Of an IRP that nobody completes, a report names where its driver has put it last, and where it turned out lost. */
class LostIrpSitesTest {
  private final ListEntry queue = new ListEntry("queue");

  private NtStatus keep(DeviceObject device, Irp irp) {
    irp.markPending();
    queue.insertTail(irp.listEntry());
    return NtStatus.STATUS_PENDING;
  }

  private static NtStatus forget(DeviceObject device, Irp irp) {
    irp.markPending();
    return NtStatus.STATUS_PENDING;
  }

  private interface Dispatch {
    NtStatus read(DeviceObject device, Irp irp);
  }

  private static List<String> sites(Dispatch dispatch) {
    Report report = Hunter.explore(Scenario.named("lost").model(machine -> send(machine, dispatch)));
    assertEquals("CancelledIrpNotCompleted", report.rule(), () -> ReportText.of(report));
    return requireNonNull(report.counterexample()).trace().sites();
  }

  private static void send(Machine machine, Dispatch dispatch) {
    IoManager io = IoManager.of(machine);
    DriverObject driver = new DriverObject("driver").setMajorFunction(MajorFunction.IRP_MJ_READ, dispatch::read);
    DeviceObject device = io.createDevice(driver, "device", null);
    FileObject file = new FileObject("file", device);
    Irp irp = io.buildRequest(file, MajorFunction.IRP_MJ_READ);
    machine.startThread("Read", () -> io.callDriver(device, irp));
  }

  private static void assertSites(List<String> sites, String put) {
    assertTrue(sites.get(0).matches("Read at LostIrpSitesTest\\.java:\\d+: " + put), sites::toString);
    assertTrue(sites.get(1).matches("#\\d+ rundown: .*IRP#1.*"), sites::toString);
  }

  @Test
  void whereItWentIntoAList() {
    assertSites(sites((device, irp) -> new LostIrpSitesTest().keep(device, irp)), "InsertTailList\\(queue, IRP#1\\)");
  }

  @Test
  void whereItWasMarkedPending() {
    assertSites(sites(LostIrpSitesTest::forget), "IoMarkIrpPending\\(IRP#1\\)");
  }
}
