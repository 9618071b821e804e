package org.cancelsafe.examples.drivers;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_WRITE;
import static org.cancelsafe.emu.io.NtStatus.STATUS_MORE_PROCESSING_REQUIRED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;

import java.util.function.Supplier;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.hunter.scenario.Scenario.Model;
import org.jspecify.annotations.Nullable;

/** A read whose IRP its maker allocates, sends, waits for, and has back then. */
public final class OwnRequest {
  private final IoManager io;
  private final DeviceObject device;
  private final Irp irp;
  private final KEvent completed = new KEvent("completed", KEvent.Type.SYNCHRONIZATION_EVENT, false);

  /** A request for this device. */
  public OwnRequest(IoManager io, DeviceObject device) {
    this.io = io;
    this.device = device;
    this.irp = io.allocateIrp(device.stackSize());
  }

  /** The IRP. */
  public Irp irp() {
    return irp;
  }

  /** Sends it. */
  public void send() {
    irp.nextStackLocation().setMajorFunction(IRP_MJ_READ);
    irp.setCompletionRoutine(this::completed, null, true, true, true);
    io.callDriver(device, irp);
  }

  private NtStatus completed(@Nullable DeviceObject above, Irp done, @Nullable Object context) {
    completed.set();
    return STATUS_MORE_PROCESSING_REQUIRED;
  }

  /** Waits until the IRP is back. */
  public void await() {
    completed.waitForSingleObject();
  }

  /** Asks for its cancellation. */
  public boolean cancel() {
    return io.cancelIrp(irp);
  }

  /** {@code IoFreeIrp}. */
  public void free() {
    io.freeIrp(irp);
  }

  /** A read is sent, answered and sent again in the same IRP, while another thread cancels the first one. */
  public static Model sendTwice(Supplier<? extends SlotDriver> driver) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      DeviceObject device = driver.get().addDevice(io);
      OwnRequest read = new OwnRequest(io, device);
      read.send();
      machine.startThread("Cancel", read::cancel);
      machine.startThread(
          "Client",
          () -> {
            io.request(new FileObject("file", device), IRP_MJ_WRITE);
            read.await();
            read.irp().reuse(STATUS_SUCCESS);
            read.send();
          });
    };
  }
}
