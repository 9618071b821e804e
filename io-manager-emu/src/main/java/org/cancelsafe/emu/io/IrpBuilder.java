package org.cancelsafe.emu.io;

import static java.util.Objects.requireNonNull;

import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/** What the IoBuildXxx routines have in common: the next stack location is set up for a device, the end arranged. */
final class IrpBuilder {
  private final IoManager io;
  private final Irp irp;
  private final IoStackLocation next;

  private IrpBuilder(IoManager io, Irp irp) {
    this.io = io;
    this.irp = irp;
    this.next = irp.nextStackLocation();
  }

  /** Begins with an IRP for this device; null where allocations may fail, and this one does. */
  static @Nullable IrpBuilder of(IoManager io, String routine, DeviceObject device) {
    requireNonNull(device, "device");
    Activity self = Activity.current();
    if (io.verifies() && self.isAbove(Irql.APC_LEVEL)) {
      throw Rule.IRQL_IO_APC_LTE.violated(
          io.machine(), routine + " for " + device + " at " + self.irql(), self.irql().level());
    }
    return io.machine().allocationFails() ? null : new IrpBuilder(io, io.newIrp(device.stackSize()));
  }

  IrpBuilder transfer(MajorFunction major, @Nullable Object buffer, long length, long startingOffset) {
    next.setMajorFunction(major);
    next.setLength(length);
    next.setByteOffset(startingOffset);
    irp.setSystemBuffer(buffer);
    return this;
  }

  IrpBuilder control(int ioControlCode, boolean internal) {
    next.setMajorFunction(
        internal ? MajorFunction.IRP_MJ_INTERNAL_DEVICE_CONTROL : MajorFunction.IRP_MJ_DEVICE_CONTROL);
    next.setIoControlCode(ioControlCode);
    return this;
  }

  IrpBuilder buffers(@Nullable Object input, long inputLength, @Nullable Object output, long outputLength) {
    next.setInputBufferLength(inputLength);
    next.setLength(outputLength);
    irp.setSystemBuffer(input);
    irp.setUserBuffer(output);
    return this;
  }

  Irp threaded(@Nullable KEvent event, IoStatusBlock ioStatusBlock) {
    IrpExtra extra = irp.extra();
    extra.origin = IrpOrigin.THREADED;
    extra.userEvent = event;
    extra.userIosb = requireNonNull(ioStatusBlock, "ioStatusBlock");
    io.threadIrps().add(irp);
    return irp;
  }

  Irp asynchronous(@Nullable IoStatusBlock ioStatusBlock) {
    IrpExtra extra = irp.extra();
    extra.origin = IrpOrigin.ASYNCHRONOUS;
    extra.userIosb = ioStatusBlock;
    extra.thread = Activity.current();
    return irp;
  }
}
