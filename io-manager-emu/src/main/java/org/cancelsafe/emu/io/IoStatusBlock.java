package org.cancelsafe.emu.io;

import org.jspecify.annotations.Nullable;

/**
 * {@code IO_STATUS_BLOCK}: where the requester of an IRP finds how it ended. Who sees the status sees the information
 * that goes with it, and what was written before the IRP was completed.
 */
public final class IoStatusBlock {
  private final Irp irp;

  IoStatusBlock(Irp irp) {
    this.irp = irp;
  }

  /** How the request ended; null while it has not. */
  public @Nullable NtStatus status() {
    return irp.finalStatus();
  }

  /** How much was transferred; 0 while the request has not ended. */
  public long information() {
    return irp.finalInformation();
  }

  @Override
  public String toString() {
    NtStatus status = status();
    return status == null ? "not completed" : status + ", " + information();
  }
}
