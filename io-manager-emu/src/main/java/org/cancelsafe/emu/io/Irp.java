package org.cancelsafe.emu.io;

import static java.util.Objects.requireNonNull;
import static org.cancelsafe.emu.machine.StepKind.MARK_PENDING;

import org.cancelsafe.emu.ex.ContainingRecord;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.ke.KDeviceQueueEntry;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Seam;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * {@code IRP}: an I/O request packet.
 *
 * <p>An IRP that was completed up to the top is gone: for a driver touching it is {@code 0xCC}, completing it again
 * {@code 0x44}. How it ended is in {@link #userIosb()}, which belongs to the requester. The requester, on whose
 * thread's list the I/O manager keeps the IRP, may ask for its cancellation at any time, until it is freed.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/ns-wdm-_irp">IRP</a>
 */
public final class Irp extends RequestedIrp implements ContainingRecord {
  private final ListEntry listEntry = new ListEntry(this);
  private final @Nullable IrpMemory memory;

  private boolean pendingReturned;
  private NtStatus status = NtStatus.STATUS_SUCCESS;
  private long information;
  private @Nullable Object driverContext0;
  private @Nullable Object driverContext1;
  private @Nullable Object driverContext2;
  private @Nullable Object driverContext3;

  Irp(IoManager io, int number, int stackSize) {
    super(io, number, stackSize);
    this.memory = io.watchesMemory() ? new IrpMemory(this) : null;
  }

  // status

  /** Sets {@code Irp->IoStatus.Status} and {@code Irp->IoStatus.Information}. */
  public void setIoStatus(NtStatus status, long information) {
    requireNonNull(status, "status");
    if (isGone()) {
      checkNotFreed("write of IoStatus");
      IrpWatch watch = watch();
      if (watch != null) {
        watch.writtenLate();
      }
      return;
    }
    if (Seam.isOpen() && memory != null) {
      memory.ioStatus.write();
    }
    this.status = status;
    this.information = information;
  }

  /** {@code Irp->IoStatus.Status}. */
  public NtStatus status() {
    checkIoStatusRead();
    return status;
  }

  /** {@code Irp->IoStatus.Information}. */
  public long information() {
    checkIoStatusRead();
    return information;
  }

  private void checkIoStatusRead() {
    boolean open = Seam.isOpen();
    if (open) {
      used();
    }
    checkAliveInStep("read of IoStatus");
    if (open && memory != null) {
      memory.ioStatus.read();
    }
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
    boolean open = Seam.isOpen();
    if (open) {
      aboutToMarkPending();
    }
    currentStackLocation().markPending();
    if (open && io().verifies()) {
      io().pended(this);
    }
  }

  private void aboutToMarkPending() {
    checkAlive("IoMarkIrpPending");
    machine().note(MARK_PENDING, this, null);
    happened(MARK_PENDING, null);
    if (memory != null) {
      memory.control.write();
    }
    if (!hasCurrentLocation() && io().verifies()) {
      throw Rule.PENDING_WITHOUT_LOCATION.violated(
          machine(), this + " is marked pending by " + Activity.current() + ", which has no stack location", this);
    }
  }

  /** Whether the current driver has marked the IRP pending: SL_PENDING_RETURNED of its location. */
  public boolean isMarkedPending() {
    return currentStackLocation().isPending();
  }

  // associated IRPs

  /**
   * {@code IoMakeAssociatedIrp}: an IRP for a part of this one's work, which is this one's highest-level driver's to
   * do. When all of those that were made are completed, this one is. So make all of them before you send the first. The
   * I/O manager frees them, and no thread's exit cancels them: that is for this one's cancel routine to do.
   *
   * <p>IRQL: at most DISPATCH_LEVEL.
   *
   * @return the IRP; null where allocations may fail (low resources), and this one does
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/ntddk/nf-ntddk-iomakeassociatedirp">
   *     IoMakeAssociatedIrp</a>
   */
  public @Nullable Irp makeAssociatedIrp(int stackSize) {
    checkAlive("IoMakeAssociatedIrp");
    Irp associated = io().allocateIrp(stackSize);
    if (associated == null) {
      return null;
    }
    IrpExtra more = associated.extra();
    more.origin = IrpOrigin.ASSOCIATED;
    more.master = this;
    extra().countAssociated();
    return associated;
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
    checkAliveInStep("read of DriverContext");
    if (Seam.isOpen()) {
      used();
      if (memory != null) {
        memory.driverContext[index].read();
      }
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
    checkAliveInStep("write of DriverContext");
    if (Seam.isOpen()) {
      used();
      if (memory != null) {
        memory.driverContext[index].write();
      }
    }
    switch (index) {
      case 0 -> driverContext0 = value;
      case 1 -> driverContext1 = value;
      case 2 -> driverContext2 = value;
      case 3 -> driverContext3 = value;
      default -> throw new IndexOutOfBoundsException("DriverContext has elements 0 to 3, not " + index);
    }
  }

  // its memory again

  /**
   * {@code IoReuseIrp}: makes the IRP as good as new, for who allocated it. IRQL: at most DISPATCH_LEVEL.
   *
   * <p>Bug checks: {@code 0xC9/0x20A} while it is queued, has a cancel routine or is with a driver; {@code 0xC9} for
   * one that IoAllocateIrp did not give; {@code 0xCC} when it was freed.
   *
   * <p>Here the IRP may also have been completed to the top, so that a program need not allocate one per request.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioreuseirp">IoReuseIrp</a>
   */
  public void reuse(NtStatus status) {
    requireNonNull(status, "status");
    if (listEntry.isLinked() || hasCancelRoutine()) {
      throw Rule.FREE_IN_USE.violated(machine(), this + " is reused while it is queued or has a cancel routine", this);
    }
    checkNotFreed("IoReuseIrp");
    if (io().verifies() && isWithADriver()) {
      throw Rule.FREE_IN_USE.violated(machine(), this + " is reused while " + currentDevice() + " has it", this);
    }
    if (!isAllocated()) {
      throw Rule.REUSE_NOT_ALLOCATED.violated(machine(), this + " is reused, and is not from IoAllocateIrp", this);
    }
    if (!isGone()) {
      io().backWithItsMaker(this);
    }
    revive();
    makeNew(status);
  }

  /** The memory of a freed IRP becomes another IRP's. */
  void recycle() {
    useAgain();
    makeNew(NtStatus.STATUS_SUCCESS);
    driverContext0 = null;
    driverContext1 = null;
    driverContext2 = null;
    driverContext3 = null;
  }

  private void makeNew(NtStatus status) {
    pendingReturned = false;
    resetStack();
    resetCancel();
    this.status = status;
    information = 0;
  }

  /**
   * {@code IoInitializeIrp}: initialises an IRP for who allocated it with ChargeQuota FALSE. IRQL: at most
   * DISPATCH_LEVEL.
   *
   * <p>Bug check: {@code 0xC9/0x20D} for any other one.
   *
   * @param packetSize {@link #sizeOfIrp}
   * @param stackSize how many stack locations it has
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioinitializeirp">IoInitializeIrp
   *     </a>
   */
  public void initialize(int packetSize, int stackSize) {
    IrpExtra more = extraOrNull();
    if (more == null || more.origin != IrpOrigin.ALLOCATED_UNCHARGED) {
      throw Rule.INITIALIZE_ALLOCATED.violated(
          machine(), this + " is initialised, and was not allocated with ChargeQuota FALSE", this);
    }
    if (packetSize != sizeOfIrp(stackSize) || stackSize != stackCount()) {
      throw new IllegalArgumentException(
          this + " has " + stackCount() + " stack locations and a size of " + sizeOfIrp(stackCount()) + ", not "
              + stackSize + " and " + packetSize);
    }
    reuse(NtStatus.STATUS_SUCCESS);
  }

  // the list's

  @Override
  public void checkLinkUsable() {
    checkAlive("use of the links");
  }

  @Override
  public void checkLinkUsableInStep() {
    checkAliveInStep("use of the links");
  }

  @Override
  public void checkNotLeftIn(ListEntry head) {
    if (isGone()) {
      throw Rule.IRP_TOUCHED_AFTER_COMPLETION.violated(
          machine(),
          this + " was completed and is still in the list " + head + ": whoever uses that next touches freed memory",
          this);
    }
  }

  // the I/O manager's

  boolean isLinked() {
    return listEntry.isLinked();
  }

  void finish() {
    if (Seam.isOpen()) {
      aboutToFinish();
    }
    setCompleted();
    if (hasExtra()) {
      extra().completed(this, status, information, pendingReturned);
    }
  }

  private void aboutToFinish() {
    if (memory != null) {
      memory.control.write(); // who marks it pending now is too late
    }
    if (isWatched()) {
      io().checkCancelledInTime(this);
    }
  }

  @Nullable NtStatus finalStatus() {
    return isCompleted() ? status : null;
  }

  long finalInformation() {
    return isCompleted() ? information : 0;
  }

  @Override
  public String snapshot() {
    String state = isGone() ? "done" : listEntry.isLinked() ? "queued" : "-";
    return state + (isCancelSet() ? " C" : " -") + (hasCancelRoutine() ? " CR" : " -");
  }
}
