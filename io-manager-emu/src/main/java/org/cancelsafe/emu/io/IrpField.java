package org.cancelsafe.emu.io;

import org.cancelsafe.emu.machine.Cell;

/** A plain field of an IRP, as a piece of memory that is watched for data races. */
final class IrpField extends Cell {
  IrpField(Irp irp, String field) {
    super(irp + "." + field);
  }

  void read() {
    reading();
  }

  void write() {
    writing();
  }
}
