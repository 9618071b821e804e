package org.cancelsafe.examples.shipped;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverCancel;
import org.cancelsafe.emu.io.DriverDispatch;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** B-52. */
@AutoService(CatalogueEntry.class)
public final class B52 implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("B-52", Family.CANCEL_ROUTINE, "The most copied cancel routine")
        .text(
            """
            The dispatch routine arms and then marks the IRP pending, and does not look whether it was cancelled before.
            The cancel routine completes the IRP with the cancel spin lock held, and then reads CancelIrql from it. So a
            cancelled IRP hangs, a completed one is marked, and the lock is given back with an IRQL out of memory that
            may be another request's. One thread is enough for the last of these.""")
        .shipped("A book's CancelIRPTest sample, and what was copied from it.")
        .mistake(B52.class, "armThenMark")
        .mistake(B52.class, "completeThenRelease")
        .correction(B52.class, "markThenArm")
        .correction(B52.class, "releaseThenComplete");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("B-52.broken")
            .about("CancelIRPTest: arms, and then marks what may be completed")
            .expectingRace("DataRace")
            .model(machine -> race(machine, B52::armThenMark)),
        Scenario.named("B-52.broken-release")
            .about("CancelIRPTest: completes under the lock, then reads CancelIrql")
            .expectingRace("SpinLockSafe")
            .model(machine -> race(machine, (device, irp) -> markThenArm(irp, B52::completeThenRelease))),
        Scenario.named("B-52.fixed")
            .about("CancelIRPTest: marked, armed, tested; released, then completed")
            .model(machine -> race(machine, (device, irp) -> markThenArm(irp, B52::releaseThenComplete))));
  }

  private static NtStatus armThenMark(DeviceObject device, Irp irp) {
    irp.setCancelRoutine(B52::releaseThenComplete);
    irp.markPending();
    return STATUS_PENDING;
  }

  private static void completeThenRelease(DeviceObject device, Irp irp) {
    complete(irp);
    irp.io().releaseCancelSpinLock(irp.cancelIrql());
  }

  private static NtStatus markThenArm(Irp irp, DriverCancel routine) {
    IoManager io = irp.io();
    irp.markPending();
    Irql irql = io.acquireCancelSpinLock();
    irp.setCancelRoutine(routine);
    boolean cancelled = irp.cancel() && irp.setCancelRoutine(null) != null;
    io.releaseCancelSpinLock(irql);
    if (cancelled) {
      complete(irp);
    }
    return STATUS_PENDING;
  }

  private static void releaseThenComplete(DeviceObject device, Irp irp) {
    irp.io().releaseCancelSpinLock(irp.cancelIrql());
    complete(irp);
  }

  private static void complete(Irp irp) {
    irp.setIoStatus(STATUS_CANCELLED, 0);
    irp.io().completeRequest(irp);
  }

  private static void race(Machine machine, DriverDispatch read) {
    IoManager io = IoManager.of(machine);
    DeviceObject device =
        io.createDevice(new DriverObject("CancelIRPTest").setMajorFunction(IRP_MJ_READ, read), "device", null);
    Irp irp = io.buildRequest(new FileObject("file", device), IRP_MJ_READ);
    machine.startThread("Read", () -> io.callDriver(device, irp));
    machine.startThread("Cancel", () -> io.cancelIrp(irp));
  }
}
