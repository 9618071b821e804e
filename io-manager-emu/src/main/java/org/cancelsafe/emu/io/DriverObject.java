package org.cancelsafe.emu.io;

import static java.util.Objects.requireNonNull;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code DRIVER_OBJECT}: a driver's routines. A major function without one is completed with
 * STATUS_INVALID_DEVICE_REQUEST; create, cleanup and close without one just succeed.
 */
public final class DriverObject {
  private final String name;
  private final Map<MajorFunction, DriverDispatch> majorFunction = new EnumMap<>(MajorFunction.class);

  private @Nullable DriverStartIo startIo;

  /** A driver with this name. */
  public DriverObject(String name) {
    this.name = requireNonNull(name, "name");
  }

  /** {@code DriverObject->MajorFunction[major] = routine}. */
  public DriverObject setMajorFunction(MajorFunction major, DriverDispatch routine) {
    majorFunction.put(requireNonNull(major, "major"), requireNonNull(routine, "routine"));
    return this;
  }

  /** {@code DriverObject->MajorFunction[major]}. */
  public DriverDispatch majorFunction(MajorFunction major) {
    return majorFunction.getOrDefault(major, DriverObject::completeByDefault);
  }

  /** {@code DriverObject->DriverStartIo = routine}. */
  public DriverObject setDriverStartIo(DriverStartIo routine) {
    startIo = requireNonNull(routine, "routine");
    return this;
  }

  /** {@code DriverObject->DriverStartIo}; null for a driver without one. */
  public @Nullable DriverStartIo driverStartIo() {
    return startIo;
  }

  DriverStartIo requireStartIo() {
    DriverStartIo routine = startIo;
    if (routine == null) {
      throw new IllegalStateException(
          "driver " + name + " has no StartIo routine: setDriverStartIo comes before IoStartPacket");
    }
    return routine;
  }

  private static NtStatus completeByDefault(DeviceObject device, Irp irp) {
    MajorFunction major = irp.currentStackLocation().majorFunction();
    boolean succeeds =
        major == MajorFunction.IRP_MJ_CREATE
            || major == MajorFunction.IRP_MJ_CLEANUP
            || major == MajorFunction.IRP_MJ_CLOSE;
    NtStatus status = succeeds ? NtStatus.STATUS_SUCCESS : NtStatus.STATUS_INVALID_DEVICE_REQUEST;
    irp.setIoStatus(status, 0);
    irp.io().completeRequest(irp);
    return status;
  }

  @Override
  public String toString() {
    return name;
  }
}
