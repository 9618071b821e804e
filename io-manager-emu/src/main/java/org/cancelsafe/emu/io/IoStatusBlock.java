package org.cancelsafe.emu.io;

import org.jspecify.annotations.Nullable;

/** {@code IO_STATUS_BLOCK}: where the requester of an IRP finds how it ended. */
public final class IoStatusBlock {
  private volatile @Nullable NtStatus status;
  private volatile long information;

  /** An empty block. */
  public IoStatusBlock() {}

  /** How the request ended; null while it has not. */
  public @Nullable NtStatus status() {
    return status;
  }

  /** How much was transferred. */
  public long information() {
    return information;
  }

  void set(NtStatus status, long information) {
    this.information = information;
    this.status = status;
  }

  void clear() {
    status = null;
    information = 0;
  }

  @Override
  public String toString() {
    return status == null ? "not completed" : status + ", " + information;
  }
}
