package org.cancelsafe.examples.samples;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;

import java.util.function.Supplier;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.hunter.scenario.Scenario.Model;
import org.jspecify.annotations.Nullable;

/**
 * What the two echo samples have in common: one current request, which a timer completes.
 * Subclasses say how the timer and the cancel callback share it.
 */
abstract class EchoDriver {
  private static final long PERIOD = 10_000;

  final KSpinLock lock = new KSpinLock("lock");
  final Shared<@Nullable Irp> currentRequest = new Shared<>("CurrentRequest", null);
  private final KDpc dpc = new KDpc("TimerDpc", (self, context, one, two) -> timer(), null);
  private final KTimer timer = new KTimer("Timer");

  /** The dispatch routine. */
  abstract NtStatus request(DeviceObject device, Irp irp);

  /** The timer expires. */
  abstract void timer();

  final void setTimer() {
    timer.set(PERIOD, dpc);
  }

  final void complete(Irp irp, NtStatus status) {
    irp.setIoStatus(status, 0);
    irp.io().completeRequest(irp);
  }

  /** A request is sent and cancelled, and the timer expires. */
  static Model sendAndCancel(Supplier<EchoDriver> load) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      DriverObject driver = new DriverObject("echo").setMajorFunction(IRP_MJ_READ, load.get()::request);
      DeviceObject device = io.createDevice(driver, "echo", null);
      Irp irp = io.buildRequest(new FileObject("file", device), IRP_MJ_READ);
      machine.startThread("Request", () -> io.callDriver(device, irp));
      machine.startThread("Cancel", () -> io.cancelIrp(irp));
    };
  }
}
