package org.cancelsafe.testkit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;

/** The open files of a device. */
public final class DeviceFiles {
  private final DeviceObject device;
  private final Map<FileSpec, FileObject> open = new ConcurrentHashMap<>();

  /** Of this device, with none open. */
  public DeviceFiles(DeviceObject device) {
    this.device = device;
  }

  /** The file object of this file, opened when it is asked for first. */
  public FileObject of(FileSpec file) {
    return open.computeIfAbsent(file, number -> new FileObject("file " + number.number(), device));
  }
}
