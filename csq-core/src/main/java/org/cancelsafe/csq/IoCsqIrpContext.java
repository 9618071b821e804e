package org.cancelsafe.csq;

import java.util.concurrent.atomic.AtomicReference;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.StepKind;
import org.jspecify.annotations.Nullable;

/**
 * {@code IO_CSQ_IRP_CONTEXT}: remembers a queued IRP, so that this very one can be removed with {@link
 * IoCsq#removeIrp}. Once the IRP has left the queue, whichever way, the context remembers nothing and may be used for
 * another.
 *
 * <p>An insert writes it before it takes the queue's lock, while somebody may be removing by it under the lock already.
 * So it is an interlocked variable. Who comes too early finds nothing, or an IRP without a cancel routine; either way
 * there is nothing to remove yet.
 */
public final class IoCsqIrpContext extends MachineObject {
  private final AtomicReference<@Nullable Association> association = new AtomicReference<>();

  private record Association(IoCsq csq, Irp irp) {}

  /** A context that remembers no IRP. */
  public IoCsqIrpContext() {
    super(null);
  }

  /** Before the lock is taken. */
  void associate(IoCsq csq, Irp irp) {
    Machine machine = Activity.current().machine();
    machine.step(StepKind.COMPARE_EXCHANGE, this, irp);
    Association other = association.compareAndExchange(null, new Association(csq, irp));
    machine.outcome(other == null ? "NULL" : other.irp());
    if (other != null) {
      throw new IllegalStateException(
          "this IO_CSQ_IRP_CONTEXT is in use: it remembers " + other.irp() + "; use another one for " + irp);
    }
  }

  /** Under the queue's lock, unless the insert did not get that far. */
  void dissociate() {
    Activity.current().machine().step(StepKind.WRITE, this, "NULL");
    association.set(null);
  }

  /** The queue that the remembered IRP is in; for who owns that IRP. */
  @Nullable IoCsq csq() {
    Association now = read();
    return now == null ? null : now.csq();
  }

  /**
   * The remembered IRP, or null. Under the queue's lock.
   *
   * @throws IllegalArgumentException when it is in another queue
   */
  @Nullable Irp irpIn(IoCsq csq) {
    Association now = read();
    if (now == null) {
      return null;
    }
    if (now.csq() != csq) {
      throw new IllegalArgumentException(
          "this IO_CSQ_IRP_CONTEXT remembers " + now.irp() + ", which was inserted into another queue");
    }
    return now.irp();
  }

  private @Nullable Association read() {
    Machine machine = Activity.current().machine();
    machine.step(StepKind.READ, this);
    Association now = association.get();
    machine.outcome(now == null ? "NULL" : now.irp());
    return now;
  }

  @Override
  public String kindName() {
    return "IO_CSQ_IRP_CONTEXT";
  }
}
