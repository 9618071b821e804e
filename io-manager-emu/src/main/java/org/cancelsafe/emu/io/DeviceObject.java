package org.cancelsafe.emu.io;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** {@code DEVICE_OBJECT}: what IRPs are sent to. */
public final class DeviceObject {
  private final String name;
  private final DriverObject driver;
  private final @Nullable Object extension;
  private final int stackSize;

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

  @Override
  public String toString() {
    return name;
  }
}
