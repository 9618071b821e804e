package org.cancelsafe.emu.io;

import static java.util.Objects.requireNonNull;

import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/** An IRP's stack locations: one for each driver, and one after the other the current one. */
abstract class StackedIrp extends IrpLife {
  private static final int SIZE_OF_IRP = 0xD0;
  private static final int SIZE_OF_STACK_LOCATION = 0x48;

  /** As many stack locations as an IRP can have: they are counted in a {@code CCHAR}. */
  static final int MAXIMUM_STACK_SIZE = 127;

  private final IoStackLocation top;
  private @Nullable IoStackLocation current;

  StackedIrp(IoManager io, int number, int stackSize) {
    super(io, number);
    this.top = IoStackLocation.stackOf(stackSize);
  }

  /** {@code IoGetCurrentIrpStackLocation}: the location of the driver that holds the IRP. IRQL: any. */
  public final IoStackLocation currentStackLocation() {
    checkAlive("IoGetCurrentIrpStackLocation");
    IoStackLocation location = current;
    if (location == null) {
      throw noCurrentStackLocation();
    }
    return location;
  }

  /** {@code IoGetNextIrpStackLocation}: the location of the next lower driver. IRQL: any. Bug check: {@code 0x35}. */
  public final IoStackLocation nextStackLocation() {
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
  public final void setNextStackLocation() {
    checkAlive("IoSetNextIrpStackLocation");
    current = next();
  }

  /**
   * {@code IoSkipCurrentIrpStackLocation}: the next driver gets this driver's location, which must not be marked pending.
   *
   * <p>IRQL: any. Bug check: {@code 0xC9} when it is, where everything is checked; to many a driver below it is the same.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioskipcurrentirpstacklocation">
   *     IoSkipCurrentIrpStackLocation</a>
   */
  public final void skipCurrentStackLocation() {
    IoStackLocation own = currentStackLocation();
    if (own.isPending() && machine().checks(Rule.PENDING_SKIPPED)) {
      throw Rule.PENDING_SKIPPED.violated(
          machine(),
          "IoSkipCurrentIrpStackLocation(" + this + "), which " + own.deviceObject()
              + " has marked pending: the next driver would get the mark too; IoCopyCurrentIrpStackLocationToNext",
          this);
    }
    current = own.above();
  }

  /** {@code IoCopyCurrentIrpStackLocationToNext}: all but the completion routine. IRQL: at most DISPATCH_LEVEL. */
  public final void copyCurrentStackLocationToNext() {
    currentStackLocation().copyParametersTo(nextStackLocation());
  }

  /**
   * {@code IoSetCompletionRoutine}: has this driver told when the drivers below are done. IRQL: at most DISPATCH_LEVEL.
   *
   * @param routine null only if it is never told
   * @param onSuccess told when the status is a success
   * @param onError told when it is not
   * @param onCancel told when IoCancelIrp was called, whatever the status
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iosetcompletionroutine">
   *     IoSetCompletionRoutine</a>
   */
  public final void setCompletionRoutine(
      @Nullable IoCompletionRoutine routine,
      @Nullable Object context,
      boolean onSuccess,
      boolean onError,
      boolean onCancel) {
    int invokeOn =
        (onSuccess ? IoStackLocation.SL_INVOKE_ON_SUCCESS : 0)
            | (onError ? IoStackLocation.SL_INVOKE_ON_ERROR : 0)
            | (onCancel ? IoStackLocation.SL_INVOKE_ON_CANCEL : 0);
    if (routine == null && invokeOn != 0) {
      throw new NullPointerException("routine: IoSetCompletionRoutine of " + this + " says when to call it");
    }
    nextStackLocation().setCompletion(routine, context, invokeOn);
  }

  /**
   * {@code IoSetCompletionRoutineEx}: as {@link #setCompletionRoutine}, and keeps the device's driver loaded until the
   * routine has run. It allocates memory for that, so IoCallDriver must follow. IRQL: at most DISPATCH_LEVEL.
   *
   * <p>Bug check: {@code 0xC4/0x4100F} when the IRP is completed or freed instead of sent.
   *
   * @return STATUS_SUCCESS; STATUS_INSUFFICIENT_RESOURCES, and no routine set, where allocations may fail (low
   *     resources), and this one does
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iosetcompletionroutineex">
   *     IoSetCompletionRoutineEx</a>
   */
  public final NtStatus setCompletionRoutineEx(
      DeviceObject device,
      IoCompletionRoutine routine,
      @Nullable Object context,
      boolean onSuccess,
      boolean onError,
      boolean onCancel) {
    requireNonNull(device, "device");
    if (machine().allocationFails()) {
      return NtStatus.STATUS_INSUFFICIENT_RESOURCES;
    }
    setCompletionRoutine(routine, context, onSuccess, onError, onCancel);
    nextStackLocation().setAllocated();
    return NtStatus.STATUS_SUCCESS;
  }

  /** {@code Irp->StackCount}: how many stack locations it has. */
  public final int stackCount() {
    return countFrom(top);
  }

  /**
   * {@code Irp->CurrentLocation}: the number of the current stack location, counted from the lowest, which is 1. One
   * more than there are while nobody has sent the IRP, and when it was completed.
   */
  public final int currentLocation() {
    return current == null ? stackCount() + 1 : countFrom(current);
  }

  private static int countFrom(IoStackLocation highest) {
    int count = 0;
    for (IoStackLocation location = highest; location != null; location = location.below()) {
      count++;
    }
    return count;
  }

  /**
   * {@code IoSizeOfIrp}: the size of an IRP with so many stack locations, in bytes.
   *
   * @throws IllegalArgumentException for fewer than none, and for more than an IRP has
   */
  public static int sizeOfIrp(int stackSize) {
    if (stackSize < 0 || stackSize > MAXIMUM_STACK_SIZE) {
      throw new IllegalArgumentException(
          "an IRP has at most " + MAXIMUM_STACK_SIZE + " stack locations, a CCHAR, not " + stackSize);
    }
    return SIZE_OF_IRP + stackSize * SIZE_OF_STACK_LOCATION;
  }

  /** Whether a driver that it was sent to has not completed it. */
  final boolean isWithADriver() {
    return !isGone() && currentDevice() != null;
  }

  /** Whether a routine of IoSetCompletionRoutineEx waits for an IoCallDriver that has not come. */
  final boolean hasAllocatedCompletion() {
    IoStackLocation next = current == null ? top : current.below();
    return next != null && next.isAllocated();
  }

  /** Moves one location up; whether there is one, that is, another driver above. */
  final boolean unwind() {
    IoStackLocation location = current;
    current = location == null ? null : location.above();
    return current != null;
  }

  /** Whether it is a request of the I/O manager's that is with no driver yet. */
  final boolean isNewRequest() {
    IrpWatch seen = watch();
    return seen != null && seen.isRequest() && !seen.wasSent();
  }

  final boolean hasCurrentLocation() {
    return current != null;
  }

  final @Nullable DeviceObject currentDevice() {
    IoStackLocation location = current;
    return location == null ? null : location.deviceObject();
  }

  final @Nullable DispatchCheck currentCheck() {
    return current == null ? null : current.check();
  }

  final void markForwarded() {
    DispatchCheck check = currentCheck();
    if (check != null) {
      check.markForwarded();
    }
  }

  final boolean hasNextStackLocation() {
    return (current == null ? top : current.below()) != null;
  }

  final void resetStack() {
    current = null;
    for (IoStackLocation location = top; location != null; location = location.below()) {
      location.zero();
    }
  }
}
