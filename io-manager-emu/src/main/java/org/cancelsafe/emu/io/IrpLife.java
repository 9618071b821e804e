package org.cancelsafe.emu.io;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.Seam;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.HasHistory;
import org.cancelsafe.emu.verifier.IrpEvent;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * An IRP's life: alive, completed, freed. It is the lowest of the layers that {@link Irp}, which is one object, is made
 * of; above it are its {@linkplain StackedIrp stack locations}, {@linkplain CancelableIrp cancelling} and {@linkplain
 * RequestedIrp what only few have}.
 */
abstract class IrpLife extends MachineObject implements HasHistory {
  private static final VarHandle LIFE;
  private static final byte ALIVE = 0;
  private static final byte COMPLETED = 1;
  private static final byte FREED = 2;

  static {
    try {
      LIFE = MethodHandles.lookup().findVarHandle(IrpLife.class, "life", byte.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final IoManager io;
  private final int number;
  private final @Nullable IrpWatch watch;
  private @Nullable IrpExtra extra;
  private byte life;
  private short uses;

  IrpLife(IoManager io, int number) {
    super(null);
    this.io = io;
    this.number = number;
    this.watch = io.verifies() ? new IrpWatch((Irp) this) : null;
  }

  /** The I/O manager of the machine this IRP lives on. */
  public final IoManager io() {
    return io;
  }

  final int number() {
    return number;
  }

  final boolean isGone() {
    return life != ALIVE;
  }

  /** Whether it has what only few IRPs have; asked on the way of every IRP, for the same reason. */
  final boolean hasExtra() {
    return extra != null;
  }

  /** What only few IRPs have; null for the others. */
  final @Nullable IrpExtra extraOrNull() {
    return extra;
  }

  /** What only few IRPs have; it has it from now on. */
  final IrpExtra extra() {
    IrpExtra existing = extra;
    if (existing == null) {
      existing = new IrpExtra();
      extra = existing;
    }
    return existing;
  }

  // The watch's class is not even loaded where nobody verifies, and then a method that returns one is not inlined. So
  // who is on the way of every IRP asks and tells through these. What is behind the seam is called only where that is
  // open.

  /** Whether the verifier watches it. */
  final boolean isWatched() {
    return Seam.isOpen() && watch != null;
  }

  /** Behind the seam: it was made cancelable; now its Cancel field is to be looked at. */
  final void armed() {
    if (watch != null) {
      watch.armed();
    }
  }

  /** Behind the seam: its Cancel field was looked at, or it is not cancelable any more. */
  final void tested() {
    if (watch != null) {
      watch.tested();
    }
  }

  /** Behind the seam: IoCancelIrp was called for it. */
  final void cancelled() {
    if (watch != null) {
      watch.cancelled();
    }
  }

  /** Whether the caller is the one that completes it now. */
  final boolean beginCompletion() {
    return !Seam.isOpen() || watch == null ? !isGone() : watch.beginCompletion();
  }

  /** It belongs to a driver again. */
  final void endCompletion() {
    if (Seam.isOpen() && watch != null) {
      watch.endCompletion();
    }
  }

  /** Who completed it to the top, as far as anybody knows. */
  final @Nullable Activity completedBy() {
    return watch == null ? null : watch.completedBy();
  }

  /** What the verifier knows of it; null when nothing is verified. */
  final @Nullable IrpWatch watch() {
    return watch;
  }

  final void setCompleted() {
    boolean open = Seam.isOpen();
    if (open && watch != null) {
      watch.completed();
    }
    LIFE.setRelease(this, COMPLETED);
    if (open) {
      machine().givenUp(this);
    }
  }

  final boolean isCompleted() {
    return ((byte) LIFE.getAcquire(this) & COMPLETED) != 0;
  }

  final void revive() {
    if (Seam.isOpen()) {
      aboutToRevive();
    }
    life = ALIVE;
  }

  private void aboutToRevive() {
    machine().note(StepKind.REUSE, this, null);
    happened(StepKind.REUSE, null);
    if (watch != null) {
      watch.reused();
    }
  }

  /** How often its memory was used for another IRP before. */
  final int uses() {
    return uses;
  }

  /** Whether it is still the IRP that it was, and was not freed. */
  final boolean isStill(int before) {
    return (life & FREED) == 0 && uses == before;
  }

  /** Its memory is another IRP's from now on. */
  final void useAgain() {
    uses++;
    extra = null;
    life = ALIVE;
    if (Seam.isOpen() && watch != null) {
      watch.reused();
      watch.setRequest(false);
    }
  }

  final void free() {
    life |= FREED;
    if (Seam.isOpen()) {
      machine().givenUp(this);
    }
  }

  /** The I/O manager's: this is a request of its own. */
  final void setRequest() {
    if (Seam.isOpen() && watch != null) {
      watch.setRequest(true);
    }
  }

  /** It is sent to a driver. */
  final void sent() {
    if (Seam.isOpen() && watch != null) {
      watch.sent();
    }
  }

  /** Whether it was sent to a driver since it was made or reused, as far as anybody knows. */
  final boolean wasSent() {
    return watch == null || watch.wasSent();
  }

  final void releaseFile() {
    IrpExtra more = extra;
    if (more != null) {
      more.releaseFile();
    }
  }

  /** Whether its maker may reuse and free it. */
  final boolean isAllocated() {
    IrpExtra more = extra;
    return more == null || more.origin == IrpOrigin.ALLOCATED || more.origin == IrpOrigin.ALLOCATED_UNCHARGED;
  }

  /** Whether it is the I/O manager that frees it, with its thread. */
  final boolean isThreaded() {
    IrpExtra more = extra;
    return more != null && more.origin == IrpOrigin.THREADED;
  }

  /** Whether the I/O manager cancels it when the thread that asked for it exits. */
  final boolean isCancelledWithItsThread() {
    IrpWatch seen = watch;
    return isThreaded() || seen != null && seen.isRequest();
  }

  final void checkNotFreed(String what) {
    if ((life & FREED) != 0) {
      throw Rule.IRP_TOUCHED_AFTER_COMPLETION.violated(
          machine(), Activity.current() + ": " + what + " of " + this + ", which was freed", this);
    }
  }

  /** What is done to it now is plain: nothing but the order of the steps keeps others from completing it before. */
  final void checkAlive(String what) {
    if (Seam.isOpen()) {
      used();
    }
    checkAliveInStep(what);
  }

  /** Behind the seam: nothing but the order of the steps keeps others from completing it before this use of it. */
  final void used() {
    machine().used(this);
  }

  /** What is done to it now is the step that was just announced, which comes before a completion or after it. */
  final void checkAliveInStep(String what) {
    if (life != ALIVE) {
      throw touchedTooLate(what);
    }
  }

  private Error touchedTooLate(String what) {
    checkNotFreed(what);
    IrpWatch seen = watch != null ? watch : new IrpWatch((Irp) this);
    return seen.touchedAfterCompletion(Activity.current(), what);
  }

  final Machine machine() {
    return io.machine();
  }

  /** Behind the seam: announces a step. */
  final void step(StepKind kind, @Nullable Object operand) {
    machine().step(kind, this, operand);
    happened(kind, operand);
  }

  /** Behind the seam: for the history, which a verifying machine keeps. */
  final void happened(StepKind kind, @Nullable Object operand) {
    if (watch != null) {
      watch.history().add(kind, operand);
    }
  }

  @Override
  public final List<IrpEvent> history() {
    return watch == null ? List.of() : watch.history().inWords();
  }

  /** Behind the seam: tells what the step returned. */
  final void outcome(String value) {
    machine().outcome(value);
  }

  @Override
  public final String kindName() {
    return "IRP";
  }

  @Override
  public final String toString() {
    return uses == 0 ? "IRP#" + number : "IRP#" + number + "." + (uses + 1);
  }
}
