package org.cancelsafe.csq;

import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Cell;
import org.jspecify.annotations.Nullable;

/**
 * {@code IO_CSQ_IRP_CONTEXT}: remembers a queued IRP, so that this very one can be removed with {@link
 * IoCsq#removeIrp}. Once the IRP has left the queue, whichever way, the context remembers nothing and may be used for
 * another.
 */
public final class IoCsqIrpContext extends Cell {
  private @Nullable IoCsq csq;
  private @Nullable Irp irp;

  /** A context that remembers no IRP. */
  public IoCsqIrpContext() {
    super(null);
  }

  /** Before the lock is taken: until the IRP is in the queue the context is its inserter's alone. */
  void associate(IoCsq csq, Irp irp) {
    writing();
    if (this.irp != null) {
      throw new IllegalStateException(
          "this IO_CSQ_IRP_CONTEXT is in use: it remembers " + this.irp + "; use another one for " + irp);
    }
    this.csq = csq;
    this.irp = irp;
  }

  /** Under the queue's lock. */
  void dissociate() {
    writing();
    irp = null;
  }

  /** Under the queue's lock. */
  @Nullable Irp irp() {
    reading();
    return irp;
  }

  /** The queue of the latest association. */
  @Nullable IoCsq csq() {
    return csq;
  }

  @Override
  public String kindName() {
    return "IO_CSQ_IRP_CONTEXT";
  }
}
