package org.cancelsafe.emu.io;

/** The plain fields of one IRP as memory that is watched for data races, on machines that do that. */
final class IrpMemory {
  final IrpField ioStatus;
  final IrpField control;
  final IrpField[] driverContext;

  IrpMemory(Irp irp) {
    ioStatus = new IrpField(irp, "IoStatus");
    control = new IrpField(irp, "Control");
    driverContext =
        new IrpField[] {
          new IrpField(irp, "DriverContext[0]"),
          new IrpField(irp, "DriverContext[1]"),
          new IrpField(irp, "DriverContext[2]"),
          new IrpField(irp, "DriverContext[3]"),
        };
  }
}
