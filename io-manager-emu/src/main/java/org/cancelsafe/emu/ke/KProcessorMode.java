package org.cancelsafe.emu.ke;

/** {@code KPROCESSOR_MODE}: on whose behalf a thread waits. */
public enum KProcessorMode {
  /** {@code KernelMode}: the driver's; the end of the thread does not end the wait. */
  KERNEL_MODE,
  /** {@code UserMode}: the user's; the end of the thread ends the wait. */
  USER_MODE
}
