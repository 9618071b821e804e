package org.cancelsafe.examples.textbook;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_WRITE;

import java.util.function.Supplier;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.hunter.scenario.Scenario.Model;

/** What the clients of a {@link PendingReadDriver} do: one read, and as little else as a race needs. */
public final class Requests {
  private Requests() {}

  /** A read is sent while another thread cancels it. */
  public static Model readWhileCancelling(Supplier<PendingReadDriver> driver) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      DeviceObject device = driver.get().addDevice(io);
      Irp read = io.buildRequest(new FileObject("file", device), IRP_MJ_READ);
      machine.startThread("Read", () -> io.callDriver(device, read));
      machine.startThread("Cancel", () -> io.cancelIrp(read));
    };
  }

  /** A read is pending. A write brings it data while another thread cancels it. */
  public static Model writeWhileCancelling(Supplier<PendingReadDriver> driver) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      DeviceObject device = driver.get().addDevice(io);
      FileObject file = new FileObject("file", device);
      machine.startThread(
          "Client",
          () -> {
            Irp read = io.request(file, IRP_MJ_READ);
            machine.startThread("Cancel", () -> io.cancelIrp(read));
            io.request(file, IRP_MJ_WRITE);
          });
    };
  }

  /** A read is sent while another thread writes. */
  public static Model readWhileWriting(Supplier<PendingReadDriver> driver) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      DeviceObject device = driver.get().addDevice(io);
      FileObject file = new FileObject("file", device);
      Irp read = io.buildRequest(file, IRP_MJ_READ);
      machine.startThread("Read", () -> io.callDriver(device, read));
      machine.startThread("Write", () -> io.request(file, IRP_MJ_WRITE));
    };
  }

  /** Two reads are pending. The first is cancelled while a write brings data for one. */
  public static Model writeWhileCancellingTheFirst(Supplier<PendingReadDriver> driver) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      DeviceObject device = driver.get().addDevice(io);
      FileObject file = new FileObject("file", device);
      Irp first = io.request(file, IRP_MJ_READ);
      io.request(file, IRP_MJ_READ);
      Irp write = io.buildRequest(file, IRP_MJ_WRITE);
      machine.startThread("Cancel", () -> io.cancelIrp(first));
      machine.startThread("Write", () -> io.callDriver(device, write));
      machine.afterwards(
          () -> {
            if (write.userIosb().information() == 0) {
              throw new AssertionError("the second read was waiting, uncancelled, and the write found none");
            }
          });
    };
  }
}
