package org.cancelsafe.emu.io;

import static java.util.Objects.requireNonNull;

import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * {@code FILE_OBJECT}: what handles of one opening stand for. One that {@link IoManager#createFile} has opened counts
 * its references: the handles have one together, each request has one until it has ended, and when the last is gone
 * {@code IRP_MJ_CLOSE} is sent. One that was made here stands for itself, and is never closed.
 */
public final class FileObject {
  private final String name;
  private final DeviceObject device;
  private final @Nullable InterlockedLong references;
  private final boolean keepsDevice;
  private volatile @Nullable Object fsContext;

  /** A file on this device, whose references nobody counts. */
  public FileObject(String name, DeviceObject device) {
    this(name, device, null);
  }

  private FileObject(String name, DeviceObject device, @Nullable InterlockedLong references) {
    this.name = name;
    this.device = requireNonNull(device, "device");
    this.references = references;
    this.keepsDevice = !device.life().isDeletePending();
  }

  /** The file of a handle that is being opened. */
  static FileObject opened(String name, DeviceObject device) {
    return new FileObject(name, device, new InterlockedLong(name + ".PointerCount", 1));
  }

  /** {@code FileObject->DeviceObject}. */
  public DeviceObject deviceObject() {
    return device;
  }

  /** {@code IoGetRelatedDeviceObject}: the top of the stack that its device is in, to which its requests are sent. */
  public DeviceObject getRelatedDeviceObject() {
    return device.getAttachedDevice();
  }

  /** {@code FileObject->FsContext}: the driver's own. */
  public @Nullable Object fsContext() {
    return fsContext;
  }

  /** Sets {@code FileObject->FsContext}. */
  public void setFsContext(@Nullable Object fsContext) {
    this.fsContext = fsContext;
  }

  /** Whether its device was not deleted when it was opened; then its requests find a device. */
  boolean keepsDevice() {
    return keepsDevice;
  }

  /** Whether its references are counted. */
  boolean isCounted() {
    return references != null;
  }

  /**
   * {@code ObReferenceObject}: keeps the file object from being closed. IRQL: at most DISPATCH_LEVEL.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-obreferenceobject">
   *     ObReferenceObject</a>
   */
  public void reference() {
    if (references != null) {
      references.increment();
    }
  }

  /**
   * {@code ObDereferenceObject}: gives a reference back. With the last one {@code IRP_MJ_CLOSE} is sent: at
   * PASSIVE_LEVEL by the caller itself, above by a system thread.
   *
   * <p>IRQL: at most DISPATCH_LEVEL. Bug check: {@code 0x18} when nobody has a reference.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-obdereferenceobject">
   *     ObDereferenceObject</a>
   */
  public void dereference() {
    if (references == null) {
      return;
    }
    long left = references.decrement();
    if (left < 0) {
      throw Rule.REFERENCE_COUNT.violated(
          device.io().machine(),
          "ObDereferenceObject(" + name + ") by " + Activity.current() + ": nobody has a reference",
          this);
    }
    if (left == 0) {
      device.io().requests().close(this);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
