package org.cancelsafe.emu.io;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** {@code DEVICE_OBJECT}: what IRPs are sent to. */
public final class DeviceObject {
  private final String name;
  private final DriverObject driver;
  private final @Nullable Object extension;
  private final int stackSize;
  private @Nullable IoTimer timer;

  DeviceObject(String name, DriverObject driver, @Nullable Object extension, int stackSize) {
    this.name = name;
    this.driver = requireNonNull(driver, "driver");
    this.extension = extension;
    this.stackSize = stackSize;
  }

  /** {@code DeviceObject->DriverObject}. */
  public DriverObject driverObject() {
    return driver;
  }

  /**
   * {@code DeviceObject->DeviceExtension}.
   *
   * @param <T> the extension's class
   * @throws IllegalStateException when the device has no extension of this class, as when a cancel routine takes the
   *     device of another driver for its own
   */
  public <T> T deviceExtension(Class<T> type) {
    if (!type.isInstance(extension)) {
      throw new IllegalStateException(
          "device " + name + " has "
              + (extension == null ? "no extension" : "a " + extension.getClass().getSimpleName() + " as extension")
              + ", not a " + type.getSimpleName());
    }
    return type.cast(extension);
  }

  /** {@code DeviceObject->StackSize}: how many stack locations an IRP for this device needs. */
  public int stackSize() {
    return stackSize;
  }

  /**
   * {@code IoInitializeTimer}: has a routine called about once a second while the timer is started.
   *
   * <p>IRQL: PASSIVE_LEVEL. Bug checks: {@code 0xC4/0x2000E} above; {@code 0xC9/0x0A} for the second time.
   *
   * @return STATUS_SUCCESS
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioinitializetimer">
   *     IoInitializeTimer</a>
   */
  public NtStatus initializeTimer(IoTimerRoutine timerRoutine, @Nullable Object context) {
    IoTimer.checkMayInitialize(this, timer != null);
    timer = new IoTimer(this, requireNonNull(timerRoutine, "timerRoutine"), context);
    return NtStatus.STATUS_SUCCESS;
  }

  /**
   * {@code IoStartTimer}: the timer routine is called from now on.
   *
   * <p>IRQL: at most DISPATCH_LEVEL.
   *
   * @throws IllegalStateException when the timer was not initialised
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iostarttimer">IoStartTimer</a>
   */
  public void startTimer() {
    timer().start();
  }

  /**
   * {@code IoStopTimer}: the timer routine is not called any more; one that runs is not waited for.
   *
   * <p>IRQL: at most DISPATCH_LEVEL.
   *
   * @throws IllegalStateException inside the timer routine, and when the timer was not initialised
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iostoptimer">IoStopTimer</a>
   */
  public void stopTimer() {
    timer().stop();
  }

  private IoTimer timer() {
    IoTimer initialized = timer;
    if (initialized == null) {
      throw new IllegalStateException("the timer of " + this + " was not initialised: IoInitializeTimer first");
    }
    return initialized;
  }

  @Override
  public String toString() {
    return name;
  }
}
