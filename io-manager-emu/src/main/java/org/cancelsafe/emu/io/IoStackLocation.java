package org.cancelsafe.emu.io;

import static java.util.Objects.requireNonNull;

import org.cancelsafe.emu.machine.Seam;
import org.jspecify.annotations.Nullable;

/**
 * {@code IO_STACK_LOCATION}: one driver's part of an IRP.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/ns-wdm-_io_stack_location">
 *     IO_STACK_LOCATION</a>
 */
public final class IoStackLocation {
  /** {@code SL_PENDING_RETURNED}. */
  public static final int SL_PENDING_RETURNED = 0x01;

  /** {@code SL_INVOKE_ON_CANCEL}. */
  public static final int SL_INVOKE_ON_CANCEL = 0x20;

  /** {@code SL_INVOKE_ON_SUCCESS}. */
  public static final int SL_INVOKE_ON_SUCCESS = 0x40;

  /** {@code SL_INVOKE_ON_ERROR}. */
  public static final int SL_INVOKE_ON_ERROR = 0x80;

  private static final int SL_INVOKE = SL_INVOKE_ON_CANCEL | SL_INVOKE_ON_SUCCESS | SL_INVOKE_ON_ERROR;
  private static final int CONTROL = 0xFF;
  private static final int IN_USE = 0x100;
  private static final int ALLOCATED = 0x200;

  private MajorFunction majorFunction = MajorFunction.IRP_MJ_CREATE;
  private int minorFunction;
  private int flags;
  private long length;
  private long offsetOrCode;
  private long inputBufferLength;
  private @Nullable DeviceObject device;
  private @Nullable FileObject file;
  private @Nullable IoCompletionRoutine completionRoutine;
  private @Nullable Object context;
  private @Nullable DispatchCheck check;
  private final @Nullable IoStackLocation above;
  private @Nullable IoStackLocation below;

  private IoStackLocation(@Nullable IoStackLocation above) {
    this.above = above;
  }

  /** The highest of so many new locations. */
  static IoStackLocation stackOf(int size) {
    IoStackLocation top = new IoStackLocation(null);
    IoStackLocation lowest = top;
    for (int i = 1; i < size; i++) {
      lowest.below = new IoStackLocation(lowest);
      lowest = lowest.below;
    }
    return top;
  }

  /** The location of the driver above; null for the highest. */
  @Nullable IoStackLocation above() {
    return above;
  }

  /** The location of the driver below; null for the lowest. */
  @Nullable IoStackLocation below() {
    return below;
  }

  /** {@code MajorFunction}. */
  public MajorFunction majorFunction() {
    return majorFunction;
  }

  /** Sets {@code MajorFunction}, for the driver below. */
  public void setMajorFunction(MajorFunction majorFunction) {
    flags |= IN_USE;
    this.majorFunction = requireNonNull(majorFunction, "majorFunction");
  }

  /** {@code MinorFunction}. */
  public int minorFunction() {
    return minorFunction;
  }

  /** Sets {@code MinorFunction}, for the driver below. */
  public void setMinorFunction(int minorFunction) {
    flags |= IN_USE;
    this.minorFunction = minorFunction;
  }

  /** {@code Parameters.Read.Length} or its like: a number that goes with the request. */
  public long length() {
    return length;
  }

  /** Sets the request's number, for the driver below. */
  public void setLength(long length) {
    flags |= IN_USE;
    this.length = length;
  }

  /** {@code Parameters.Read.ByteOffset} or its like. */
  public long byteOffset() {
    return offsetOrCode;
  }

  /** Sets the request's offset, for the driver below. */
  public void setByteOffset(long byteOffset) {
    flags |= IN_USE;
    this.offsetOrCode = byteOffset;
  }

  /** {@code Parameters.DeviceIoControl.IoControlCode}, in the place of {@link #byteOffset}. */
  public int ioControlCode() {
    return (int) offsetOrCode;
  }

  /** Sets the control code, for the driver below. */
  public void setIoControlCode(int ioControlCode) {
    flags |= IN_USE;
    this.offsetOrCode = ioControlCode;
  }

  /** {@code Parameters.DeviceIoControl.OutputBufferLength}, in the place of {@link #length}. */
  public long outputBufferLength() {
    return length;
  }

  /** Sets {@code Parameters.DeviceIoControl.OutputBufferLength}, for the driver below. */
  public void setOutputBufferLength(long outputBufferLength) {
    setLength(outputBufferLength);
  }

  /** {@code Parameters.DeviceIoControl.InputBufferLength}. */
  public long inputBufferLength() {
    return inputBufferLength;
  }

  /** Sets {@code Parameters.DeviceIoControl.InputBufferLength}, for the driver below. */
  public void setInputBufferLength(long inputBufferLength) {
    flags |= IN_USE;
    this.inputBufferLength = inputBufferLength;
  }

  /** {@code Control}: SL_PENDING_RETURNED and the SL_INVOKE flags. */
  public int control() {
    return flags & CONTROL;
  }

  /** {@code DeviceObject}: set by IoCallDriver. */
  public @Nullable DeviceObject deviceObject() {
    return device;
  }

  /** {@code FileObject}. */
  public @Nullable FileObject fileObject() {
    return file;
  }

  /** Sets {@code FileObject}, for the driver below. */
  public void setFileObject(@Nullable FileObject file) {
    flags |= IN_USE;
    this.file = file;
  }

  /** {@code CompletionRoutine}: the one of the driver above. */
  public @Nullable IoCompletionRoutine completionRoutine() {
    return completionRoutine;
  }

  /** Whether there is anything that it is to be invoked on. */
  boolean isToInvoke() {
    return (flags & SL_INVOKE) != 0;
  }

  @Nullable Object context() {
    return context;
  }

  void setDeviceObject(DeviceObject device) {
    flags |= IN_USE;
    this.device = device;
  }

  /** IoSetCompletionRoutineEx's: memory was allocated with the routine, and goes when the IRP comes back up. */
  void setAllocated() {
    flags |= ALLOCATED;
  }

  boolean isAllocated() {
    return (flags & ALLOCATED) != 0;
  }

  void setCompletion(@Nullable IoCompletionRoutine routine, @Nullable Object context, int invokeOn) {
    this.completionRoutine = routine;
    this.context = context;
    flags = IN_USE | invokeOn;
  }

  void markPending() {
    flags |= SL_PENDING_RETURNED;
    if (Seam.isOpen() && check != null) {
      check.markPended();
    }
  }

  boolean isPending() {
    return (flags & SL_PENDING_RETURNED) != 0;
  }

  void copyParametersTo(IoStackLocation below) {
    below.setMajorFunction(majorFunction);
    below.minorFunction = minorFunction;
    below.length = length;
    below.offsetOrCode = offsetOrCode;
    below.inputBufferLength = inputBufferLength;
    below.file = file;
    below.setCompletion(null, null, 0);
  }

  /** The check of the dispatch routine that was called with this location last, until its driver completed the IRP. */
  @Nullable DispatchCheck check() {
    return check;
  }

  void setCheck(DispatchCheck check) {
    flags |= IN_USE;
    this.check = check;
  }

  /**
   * Whether the completion of its driver, with this status, goes no further now. That of a driver which has marked the
   * IRP pending does: its caller sees the IRP pend anyway, and the dispatch routine may return at this moment.
   */
  boolean isHeldBack(NtStatus status) {
    return Seam.isOpen() && check != null && !isPending() && check.holdsBack(status);
  }

  void completed(NtStatus status) {
    if (Seam.isOpen() && check != null) {
      check.markCompleted(status);
    }
    zero();
  }

  void zero() {
    if ((flags & IN_USE) != 0) {
      zeroFields();
    }
    flags = 0;
  }

  /** Looks before it stores: a store of a reference costs more than a load where it is null as a rule. */
  private void zeroFields() {
    minorFunction = 0;
    length = 0;
    offsetOrCode = 0;
    inputBufferLength = 0;
    if (majorFunction != MajorFunction.IRP_MJ_CREATE) {
      majorFunction = MajorFunction.IRP_MJ_CREATE;
    }
    if (device != null) {
      device = null;
    }
    if (file != null) {
      file = null;
    }
    if (completionRoutine != null) {
      completionRoutine = null;
    }
    if (context != null) {
      context = null;
    }
    if (check != null) {
      check = null;
    }
  }
}
