package org.cancelsafe.emu.io;

import org.cancelsafe.emu.machine.Cell;

/** A plain field of an IRP, as a piece of memory that is watched for data races. */
final class IrpField extends Cell {
  private final Irp irp;
  private final String field;

  IrpField(Irp irp, String field) {
    super(null);
    this.irp = irp;
    this.field = field;
  }

  /** Put together when somebody asks: a hunt makes a great many IRPs. */
  @Override
  public String name() {
    return irp + "." + field;
  }

  void read() {
    reading();
  }

  void write() {
    writing();
  }
}
