package org.cancelsafe.emu.io;

import static java.util.Objects.requireNonNull;
import static org.cancelsafe.emu.machine.StepKind.EXCHANGE_CANCEL_ROUTINE;
import static org.cancelsafe.emu.machine.StepKind.MARK_PENDING;
import static org.cancelsafe.emu.machine.StepKind.READ_CANCEL;
import static org.cancelsafe.emu.machine.StepKind.READ_CANCEL_ROUTINE;
import static org.cancelsafe.emu.machine.StepKind.WRITE_CANCEL;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.ke.KDeviceQueueEntry;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.machine.Stepping;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * {@code IRP}: an I/O request packet.
 *
 * <p><b>The exchange.</b> Who sets {@code CancelRoutine} and then reads {@code Cancel}, and who sets {@code Cancel} and
 * then exchanges {@code CancelRoutine}, cannot both miss the other, and no fence but the two exchanges is needed. Both
 * exchange the same word, so one of them comes second and sees what the first wrote there. If the canceller comes
 * second it gets the routine. If it comes first, its write of {@code Cancel} is ordered before its exchange, the other's
 * exchange reads from it, and the read of {@code Cancel} after that sees TRUE. So {@code Cancel} is written with a
 * release and read with an acquire.
 *
 * <p>An IRP that was completed up to the top is gone: for a driver touching it is {@code 0xCC}, completing it again
 * {@code 0x44}. How it ended is in {@link #userIosb()}, which belongs to the requester. The requester, on whose thread's
 * list the I/O manager keeps the IRP, may ask for its cancellation at any time, until it is freed.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/ns-wdm-_irp">IRP</a>
 */
public final class Irp extends MachineObject {
  private static final VarHandle CANCEL_ROUTINE;
  private static final VarHandle CANCEL;
  private static final VarHandle LIFE;
  private static final byte ALIVE = 0;
  private static final byte COMPLETED = 1;
  private static final byte FREED = 2;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      CANCEL_ROUTINE = lookup.findVarHandle(Irp.class, "cancelRoutine", DriverCancel.class);
      CANCEL = lookup.findVarHandle(Irp.class, "cancel", boolean.class);
      LIFE = lookup.findVarHandle(Irp.class, "life", byte.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final IoManager io;
  private final int number;
  private final IoStackLocation top;
  private final ListEntry listEntry = new ListEntry(this);
  private final @Nullable IrpMemory memory;
  private final @Nullable IrpWatch watch;

  private @Nullable DriverCancel cancelRoutine;
  private boolean cancel;
  private boolean pendingReturned;
  private byte life;
  private byte cancelIrql;
  private short uses;
  private @Nullable IoStackLocation current;
  private NtStatus status = NtStatus.STATUS_SUCCESS;
  private long information;
  private @Nullable Object driverContext0;
  private @Nullable Object driverContext1;
  private @Nullable Object driverContext2;
  private @Nullable Object driverContext3;
  private @Nullable IrpExtra extra;

  Irp(IoManager io, int number, int stackSize) {
    super(null);
    this.io = io;
    this.number = number;
    this.top = IoStackLocation.stackOf(stackSize);
    this.memory = io.watchesMemory() ? new IrpMemory(this) : null;
    this.watch = io.verifies() ? new IrpWatch(this) : null;
  }

  /** The I/O manager of the machine this IRP lives on. */
  public IoManager io() {
    return io;
  }

  // cancellation

  /**
   * {@code IoSetCancelRoutine}: exchanges the cancel routine, atomically.
   *
   * <p>IRQL: at most DISPATCH_LEVEL. Locks: the cancel spin lock where the I/O manager's device queues are used,
   * otherwise the queue's own.
   *
   * @param routine the new routine; null makes the IRP not cancelable
   * @return the routine before; null when there was none, or when {@link IoManager#cancelIrp} took it and is about to
   *     call it or has called it
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iosetcancelroutine">
   *     IoSetCancelRoutine</a>
   */
  public @Nullable DriverCancel setCancelRoutine(@Nullable DriverCancel routine) {
    step(EXCHANGE_CANCEL_ROUTINE, routine == null ? "NULL" : "CR");
    checkAlive("IoSetCancelRoutine");
    DriverCancel old = (DriverCancel) CANCEL_ROUTINE.getAndSet(this, routine);
    outcome(old == null ? "NULL" : "CR");
    return old;
  }

  /** {@code Irp->CancelRoutine}. */
  public @Nullable DriverCancel cancelRoutine() {
    step(READ_CANCEL_ROUTINE, null);
    checkAlive("read of CancelRoutine");
    DriverCancel routine = (DriverCancel) CANCEL_ROUTINE.getAcquire(this);
    outcome(routine == null ? "NULL" : "CR");
    return routine;
  }

  /** {@code Irp->Cancel}: whether the IRP is, or should be, cancelled. */
  public boolean cancel() {
    step(READ_CANCEL, null);
    checkAlive("read of Cancel");
    boolean value = (boolean) CANCEL.getAcquire(this);
    outcome(value ? "TRUE" : "FALSE");
    return value;
  }

  /** IoCancelIrp's: the requester may still hold an IRP that was completed, though not one that was freed. */
  void setCancel() {
    step(WRITE_CANCEL, null);
    checkNotFreed("IoCancelIrp");
    CANCEL.setRelease(this, true);
  }

  /** IoCancelIrp's: takes the cancel routine. */
  @Nullable DriverCancel takeCancelRoutine() {
    step(EXCHANGE_CANCEL_ROUTINE, "NULL");
    checkNotFreed("IoCancelIrp");
    DriverCancel routine = (DriverCancel) CANCEL_ROUTINE.getAndSet(this, null);
    outcome(routine == null ? "NULL" : "CR");
    return routine;
  }

  /** {@code Irp->CancelIrql}: what a cancel routine passes to {@link IoManager#releaseCancelSpinLock}. */
  public Irql cancelIrql() {
    checkAlive("read of CancelIrql");
    return Irql.of(cancelIrql);
  }

  void setCancelIrql(Irql irql) {
    cancelIrql = (byte) irql.level();
  }

  // status

  /** Sets {@code Irp->IoStatus.Status} and {@code Irp->IoStatus.Information}. */
  public void setIoStatus(NtStatus status, long information) {
    requireNonNull(status, "status");
    if (isGone()) {
      checkNotFreed("write of IoStatus");
      if (watch != null) {
        watch.writtenLate();
      }
      return;
    }
    if (Stepping.isOn() && memory != null) {
      memory.ioStatus.write();
    }
    this.status = status;
    this.information = information;
  }

  /** {@code Irp->IoStatus.Status}. */
  public NtStatus status() {
    checkAlive("read of IoStatus");
    if (Stepping.isOn() && memory != null) {
      memory.ioStatus.read();
    }
    return status;
  }

  /** {@code Irp->IoStatus.Information}. */
  public long information() {
    checkAlive("read of IoStatus");
    if (Stepping.isOn() && memory != null) {
      memory.ioStatus.read();
    }
    return information;
  }

  /** {@code Irp->UserIosb}: where the requester finds how the request ended, also after the IRP is gone. */
  public IoStatusBlock userIosb() {
    return new IoStatusBlock(this);
  }

  /** {@code Irp->PendingReturned}: whether the driver below marked the IRP pending. For completion routines. */
  public boolean pendingReturned() {
    checkAlive("read of PendingReturned");
    return pendingReturned;
  }

  void setPendingReturned(boolean pendingReturned) {
    this.pendingReturned = pendingReturned;
  }

  /**
   * {@code IoMarkIrpPending}: says that the dispatch routine returns STATUS_PENDING. IRQL: any.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iomarkirppending">
   *     IoMarkIrpPending</a>
   */
  public void markPending() {
    checkAlive("IoMarkIrpPending");
    if (Stepping.isOn()) {
      machine().note(MARK_PENDING, this, null);
    }
    if (Stepping.isOn() && memory != null) {
      memory.control.write();
    }
    currentStackLocation().markPending();
    if (io.verifies()) {
      io.pended(this);
    }
  }

  /** Whether the current driver has marked the IRP pending: SL_PENDING_RETURNED of its location. */
  public boolean isMarkedPending() {
    return currentStackLocation().isPending();
  }

  // the queue's

  /** {@code Irp->Tail.Overlay.ListEntry}: the link for the queue of the driver that holds the IRP. */
  public ListEntry listEntry() {
    checkAlive("use of Tail.Overlay.ListEntry");
    return listEntry;
  }

  /** {@code CONTAINING_RECORD(entry, IRP, Tail.Overlay.ListEntry)}. */
  public static Irp fromListEntry(ListEntry entry) {
    if (entry.container() instanceof Irp irp) {
      return irp;
    }
    throw new IllegalArgumentException("this list entry is in no IRP" + (entry.name() == null ? "" : ": " + entry));
  }

  /** {@code Irp->Tail.Overlay.DeviceQueueEntry}: the link for a device queue. */
  public KDeviceQueueEntry deviceQueueEntry() {
    checkAlive("use of Tail.Overlay.DeviceQueueEntry");
    return extra().deviceQueueEntry(this);
  }

  /** {@code CONTAINING_RECORD(entry, IRP, Tail.Overlay.DeviceQueueEntry)}. */
  public static Irp fromDeviceQueueEntry(KDeviceQueueEntry entry) {
    if (entry.container() instanceof Irp irp) {
      return irp;
    }
    throw new IllegalArgumentException("this device queue entry is in no IRP: " + entry);
  }

  /** {@code Irp->Tail.Overlay.DriverContext[index]}: the driver's while it owns the IRP; a CSQ uses element 3. */
  public @Nullable Object driverContext(int index) {
    checkAlive("read of DriverContext");
    if (Stepping.isOn() && memory != null) {
      memory.driverContext[index].read();
    }
    return switch (index) {
      case 0 -> driverContext0;
      case 1 -> driverContext1;
      case 2 -> driverContext2;
      case 3 -> driverContext3;
      default -> throw new IndexOutOfBoundsException("DriverContext has elements 0 to 3, not " + index);
    };
  }

  /** Sets {@code Irp->Tail.Overlay.DriverContext[index]}. */
  public void setDriverContext(int index, @Nullable Object value) {
    checkAlive("write of DriverContext");
    if (Stepping.isOn() && memory != null) {
      memory.driverContext[index].write();
    }
    switch (index) {
      case 0 -> driverContext0 = value;
      case 1 -> driverContext1 = value;
      case 2 -> driverContext2 = value;
      case 3 -> driverContext3 = value;
      default -> throw new IndexOutOfBoundsException("DriverContext has elements 0 to 3, not " + index);
    }
  }

  // stack locations

  /** {@code IoGetCurrentIrpStackLocation}: the location of the driver that holds the IRP. IRQL: any. */
  public IoStackLocation currentStackLocation() {
    checkAlive("IoGetCurrentIrpStackLocation");
    IoStackLocation location = current;
    if (location == null) {
      throw noCurrentStackLocation();
    }
    return location;
  }

  /** {@code IoGetNextIrpStackLocation}: the location of the next lower driver. IRQL: any. Bug check: {@code 0x35}. */
  public IoStackLocation nextStackLocation() {
    checkAlive("IoGetNextIrpStackLocation");
    return next();
  }

  private IoStackLocation next() {
    IoStackLocation next = current == null ? top : current.below();
    if (next == null) {
      throw Rule.NO_MORE_STACK_LOCATIONS.violated(machine(), this + " has no stack location for a lower driver", this);
    }
    return next;
  }

  private IllegalStateException noCurrentStackLocation() {
    return new IllegalStateException(
        this + " has no current stack location: nobody sent it; IoCallDriver, or IoSetNextIrpStackLocation for its "
            + "maker's own, makes one current");
  }

  /**
   * {@code IoSetNextIrpStackLocation}: makes the next location current, for the maker of the IRP. IRQL: any.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iosetnextirpstacklocation">
   *     IoSetNextIrpStackLocation</a>
   */
  public void setNextStackLocation() {
    checkAlive("IoSetNextIrpStackLocation");
    current = next();
  }

  /** {@code IoSkipCurrentIrpStackLocation}: the next driver gets this driver's location. IRQL: any. */
  public void skipCurrentStackLocation() {
    current = currentStackLocation().above();
  }

  /** {@code IoCopyCurrentIrpStackLocationToNext}: all but the completion routine. IRQL: at most DISPATCH_LEVEL. */
  public void copyCurrentStackLocationToNext() {
    currentStackLocation().copyParametersTo(nextStackLocation());
  }

  /**
   * {@code IoSetCompletionRoutine}: has this driver told when the drivers below are done. IRQL: at most DISPATCH_LEVEL.
   *
   * @param onSuccess told when the status is a success
   * @param onError told when it is not
   * @param onCancel told when IoCancelIrp was called, whatever the status
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iosetcompletionroutine">
   *     IoSetCompletionRoutine</a>
   */
  public void setCompletionRoutine(
      IoCompletionRoutine routine, @Nullable Object context, boolean onSuccess, boolean onError, boolean onCancel) {
    int invokeOn =
        (onSuccess ? IoStackLocation.SL_INVOKE_ON_SUCCESS : 0)
            | (onError ? IoStackLocation.SL_INVOKE_ON_ERROR : 0)
            | (onCancel ? IoStackLocation.SL_INVOKE_ON_CANCEL : 0);
    nextStackLocation().setCompletion(routine, context, invokeOn);
  }

  /**
   * {@code IoReuseIrp}: makes the IRP as good as new, for who allocated it. IRQL: at most DISPATCH_LEVEL.
   *
   * <p>Bug checks: {@code 0xC9/0x20A} while it is queued or has a cancel routine; {@code 0xCC} when it was freed.
   *
   * <p>Here the IRP may also have been completed to the top, so that a program need not allocate one per request.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioreuseirp">IoReuseIrp</a>
   */
  public void reuse(NtStatus status) {
    requireNonNull(status, "status");
    if (listEntry.isLinked() || CANCEL_ROUTINE.getAcquire(this) != null) {
      throw Rule.FREE_IN_USE.violated(machine(), this + " is reused while it is queued or has a cancel routine", this);
    }
    checkNotFreed("IoReuseIrp");
    if (!isGone()) {
      io.backWithItsMaker(this);
    }
    makeNew(status);
  }

  /** The memory of a freed IRP becomes another IRP's. */
  void recycle() {
    uses++;
    makeNew(NtStatus.STATUS_SUCCESS);
    driverContext0 = null;
    driverContext1 = null;
    driverContext2 = null;
    driverContext3 = null;
  }

  private void makeNew(NtStatus status) {
    life = ALIVE;
    if (watch != null) {
      watch.reused();
    }
    pendingReturned = false;
    current = null;
    for (IoStackLocation location = top; location != null; location = location.below()) {
      location.zero();
    }
    CANCEL.setRelease(this, false);
    this.status = status;
    information = 0;
  }

  // the I/O manager's

  IrpExtra extra() {
    IrpExtra existing = extra;
    if (existing == null) {
      existing = new IrpExtra();
      extra = existing;
    }
    return existing;
  }

  private Machine machine() {
    return io.machine();
  }

  boolean isCancelSet() {
    return (boolean) CANCEL.getAcquire(this);
  }

  boolean hasCancelRoutine() {
    return CANCEL_ROUTINE.getAcquire(this) != null;
  }

  /** {@code Irp->StackCount}: how many stack locations it has. */
  public int stackCount() {
    return countFrom(top);
  }

  /**
   * {@code Irp->CurrentLocation}: the number of the current stack location, counted from the lowest, which is 1. One
   * more than there are while nobody has sent the IRP, and when it was completed.
   */
  public int currentLocation() {
    return current == null ? stackCount() + 1 : countFrom(current);
  }

  private static int countFrom(IoStackLocation highest) {
    int count = 0;
    for (IoStackLocation location = highest; location != null; location = location.below()) {
      count++;
    }
    return count;
  }

  int number() {
    return number;
  }

  boolean isLinked() {
    return listEntry.isLinked();
  }

  boolean isGone() {
    return life != ALIVE;
  }

  /** Moves one location up; whether there is one, that is, another driver above. */
  boolean unwind() {
    IoStackLocation location = current;
    current = location == null ? null : location.above();
    return current != null;
  }

  boolean hasCurrentLocation() {
    return current != null;
  }

  @Nullable DeviceObject currentDevice() {
    IoStackLocation location = current;
    return location == null ? null : location.deviceObject();
  }

  /** What the verifier knows of it; null when nothing is verified. */
  @Nullable IrpWatch watch() {
    return watch;
  }

  void markForwarded() {
    DispatchCheck check = current == null ? null : current.check();
    if (check != null) {
      check.markForwarded();
    }
  }

  void finish() {
    if (Stepping.isOn() && memory != null) {
      memory.control.write(); // who marks it pending now is too late
    }
    if (watch != null) {
      watch.completed();
    }
    LIFE.setRelease(this, COMPLETED);
  }

  @Nullable NtStatus finalStatus() {
    return isCompleted() ? status : null;
  }

  long finalInformation() {
    return isCompleted() ? information : 0;
  }

  private boolean isCompleted() {
    return ((byte) LIFE.getAcquire(this) & COMPLETED) != 0;
  }

  void free() {
    life |= FREED;
  }

  private void step(StepKind kind, @Nullable Object operand) {
    if (Stepping.isOn()) {
      machine().step(kind, this, operand);
    }
  }

  private void outcome(String value) {
    if (Stepping.isOn()) {
      machine().outcome(value);
    }
  }

  void checkNotFreed(String what) {
    if ((life & FREED) != 0) {
      throw Rule.IRP_TOUCHED_AFTER_COMPLETION.violated(
          machine(), Activity.current() + ": " + what + " of " + this + ", which was freed", this);
    }
  }

  private void checkAlive(String what) {
    if (life != ALIVE) {
      checkNotFreed(what);
      throw touchedAfterCompletion(what);
    }
  }

  private Error touchedAfterCompletion(String what) {
    IrpWatch seen = watch != null ? watch : new IrpWatch(this);
    return seen.touchedAfterCompletion(Activity.current(), what);
  }

  @Override
  public String kindName() {
    return "IRP";
  }

  @Override
  public String snapshot() {
    String state = isGone() ? "done" : listEntry.isLinked() ? "queued" : "-";
    return state + (isCancelSet() ? " C" : " -") + (hasCancelRoutine() ? " CR" : " -");
  }

  @Override
  public String toString() {
    return uses == 0 ? "IRP#" + number : "IRP#" + number + "." + (uses + 1);
  }
}
