package org.cancelsafe.emu.io;

import static java.util.Objects.requireNonNull;

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

  private MajorFunction majorFunction = MajorFunction.IRP_MJ_CREATE;
  private int minorFunction;
  private int control;
  private long length;
  private @Nullable DeviceObject device;
  private @Nullable FileObject file;
  private @Nullable IoCompletionRoutine completionRoutine;
  private @Nullable Object context;
  private @Nullable DispatchCheck check;

  IoStackLocation() {}

  /** {@code MajorFunction}. */
  public MajorFunction majorFunction() {
    return majorFunction;
  }

  /** Sets {@code MajorFunction}, for the driver below. */
  public void setMajorFunction(MajorFunction majorFunction) {
    this.majorFunction = requireNonNull(majorFunction, "majorFunction");
  }

  /** {@code MinorFunction}. */
  public int minorFunction() {
    return minorFunction;
  }

  /** Sets {@code MinorFunction}, for the driver below. */
  public void setMinorFunction(int minorFunction) {
    this.minorFunction = minorFunction;
  }

  /** {@code Parameters.Read.Length} or its like: a number that goes with the request. */
  public long length() {
    return length;
  }

  /** Sets the request's number, for the driver below. */
  public void setLength(long length) {
    this.length = length;
  }

  /** {@code Control}: SL_PENDING_RETURNED and the SL_INVOKE flags. */
  public int control() {
    return control;
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
    this.file = file;
  }

  /** {@code CompletionRoutine}: the one of the driver above. */
  public @Nullable IoCompletionRoutine completionRoutine() {
    return completionRoutine;
  }

  @Nullable Object context() {
    return context;
  }

  void setDeviceObject(DeviceObject device) {
    this.device = device;
  }

  void setCompletion(@Nullable IoCompletionRoutine routine, @Nullable Object context, int invokeOn) {
    this.completionRoutine = routine;
    this.context = context;
    this.control = invokeOn;
  }

  void markPending() {
    control |= SL_PENDING_RETURNED;
    if (check != null) {
      check.markPended();
    }
  }

  boolean isPending() {
    return (control & SL_PENDING_RETURNED) != 0;
  }

  void copyParametersTo(IoStackLocation below) {
    below.majorFunction = majorFunction;
    below.minorFunction = minorFunction;
    below.length = length;
    below.file = file;
    below.setCompletion(null, null, 0);
  }

  /** The check of the dispatch routine that was called with this location last, until its driver completed the IRP. */
  @Nullable DispatchCheck check() {
    return check;
  }

  void setCheck(DispatchCheck check) {
    this.check = check;
  }

  void completed(NtStatus status) {
    if (check != null) {
      check.markCompleted(status);
    }
    zero();
  }

  void zero() {
    check = null;
    majorFunction = MajorFunction.IRP_MJ_CREATE;
    minorFunction = 0;
    control = 0;
    length = 0;
    device = null;
    file = null;
    completionRoutine = null;
    context = null;
  }
}
