package org.cancelsafe.emu.io;

import org.cancelsafe.emu.machine.Cell;

/**
 * The memory of one device object, as what is watched for data races: who sends an IRP to the device uses it, and
 * whoever makes the device go away frees it.
 */
final class DeviceMemory extends Cell {
  DeviceMemory(String device) {
    super("DEVICE_OBJECT " + device);
  }

  void use() {
    reading();
  }

  void free() {
    writing();
  }

  @Override
  public String kindName() {
    return "DEVICE_OBJECT";
  }
}
