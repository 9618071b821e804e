package org.cancelsafe.emu.io;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** {@code FILE_OBJECT}: an open handle's file. */
public final class FileObject {
  private final String name;
  private final DeviceObject device;
  private volatile @Nullable Object fsContext;

  /** A file on this device. */
  public FileObject(String name, DeviceObject device) {
    this.name = name;
    this.device = requireNonNull(device, "device");
  }

  /** {@code FileObject->DeviceObject}. */
  public DeviceObject deviceObject() {
    return device;
  }

  /** {@code FileObject->FsContext}: the driver's own. */
  public @Nullable Object fsContext() {
    return fsContext;
  }

  /** Sets {@code FileObject->FsContext}. */
  public void setFsContext(@Nullable Object fsContext) {
    this.fsContext = fsContext;
  }

  @Override
  public String toString() {
    return name;
  }
}
