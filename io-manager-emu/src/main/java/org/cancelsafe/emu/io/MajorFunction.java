package org.cancelsafe.emu.io;

/** The major function codes: what an IRP asks for. */
public enum MajorFunction {
  /** A handle is opened. */
  IRP_MJ_CREATE(0x00),
  /** The last reference to a file object is gone. */
  IRP_MJ_CLOSE(0x02),
  /** Data is wanted. */
  IRP_MJ_READ(0x03),
  /** Data is delivered. */
  IRP_MJ_WRITE(0x04),
  /** A control code. */
  IRP_MJ_DEVICE_CONTROL(0x0E),
  /** A control code between drivers. */
  IRP_MJ_INTERNAL_DEVICE_CONTROL(0x0F),
  /** The system shuts down. */
  IRP_MJ_SHUTDOWN(0x10),
  /** The last handle of a file object was closed. */
  IRP_MJ_CLEANUP(0x12),
  /** Power management. */
  IRP_MJ_POWER(0x16),
  /** Plug and Play. */
  IRP_MJ_PNP(0x1B);

  private final int code;

  MajorFunction(int code) {
    this.code = code;
  }

  /** The number in {@code IO_STACK_LOCATION.MajorFunction}. */
  public int code() {
    return code;
  }
}
