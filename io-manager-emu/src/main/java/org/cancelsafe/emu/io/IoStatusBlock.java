package org.cancelsafe.emu.io;

import org.jspecify.annotations.Nullable;

/**
 * {@code IO_STATUS_BLOCK}: where the requester of an IRP finds how it ended. Who sees the status sees the information
 * that goes with it, and what was written before the IRP was completed.
 */
public final class IoStatusBlock {
  private final @Nullable Irp irp;
  private volatile @Nullable Ended ended;

  private record Ended(NtStatus status, long information) {}

  /** A block of the requester's own, for the I/O manager to write into. */
  public IoStatusBlock() {
    this.irp = null;
  }

  /** A view of how this IRP ended. */
  IoStatusBlock(Irp irp) {
    this.irp = irp;
  }

  /** How the request ended; null while it has not, or the I/O manager did not write it. */
  public @Nullable NtStatus status() {
    if (irp != null) {
      return irp.finalStatus();
    }
    Ended written = ended;
    return written == null ? null : written.status;
  }

  /** How much was transferred; 0 while the request has not ended. */
  public long information() {
    if (irp != null) {
      return irp.finalInformation();
    }
    Ended written = ended;
    return written == null ? 0 : written.information;
  }

  void write(NtStatus status, long information) {
    ended = new Ended(status, information);
  }

  @Override
  public String toString() {
    NtStatus status = status();
    return status == null ? "not completed" : status + ", " + information();
  }
}
