package org.cancelsafe.emu.io;

/** {@code KPROCESSOR_MODE}: who made a request. */
public enum KProcessorMode {
  /** {@code KernelMode}: a driver. */
  KERNEL_MODE,
  /** {@code UserMode}: a program. */
  USER_MODE
}
