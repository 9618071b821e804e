package org.cancelsafe.emu.io;

import org.cancelsafe.emu.machine.Cell;
import org.jspecify.annotations.Nullable;

/**
 * {@code IO_STATUS_BLOCK}: where the requester of an IRP finds how it ended. Who sees the status sees the information
 * that goes with it, and what was written before the IRP was completed.
 *
 * <p>A block of the requester's own is plain memory: reading it before the event of its IRP was waited for, when
 * IoCallDriver has returned STATUS_PENDING, is a data race, and a finding of every explored run.
 */
public final class IoStatusBlock {
  private final Memory memory = new Memory();
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
    memory.read();
    Ended written = ended;
    return written == null ? null : written.status;
  }

  /** How much was transferred; 0 while the request has not ended. */
  public long information() {
    if (irp != null) {
      return irp.finalInformation();
    }
    memory.read();
    Ended written = ended;
    return written == null ? 0 : written.information;
  }

  void write(NtStatus status, long information) {
    memory.write();
    ended = new Ended(status, information);
  }

  @Override
  public String toString() {
    NtStatus status = status();
    return status == null ? "not completed" : status + ", " + information();
  }

  private static final class Memory extends Cell {
    Memory() {
      super("IO_STATUS_BLOCK");
    }

    void read() {
      reading();
    }

    void write() {
      writing();
    }
  }
}
