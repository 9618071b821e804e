package org.cancelsafe.emu.io;

import org.cancelsafe.emu.ke.KDeviceQueueEntry;
import org.jspecify.annotations.Nullable;

/** What only few IRPs have. */
final class IrpExtra {
  private @Nullable KDeviceQueueEntry deviceQueueEntry;

  KDeviceQueueEntry deviceQueueEntry(Irp irp) {
    KDeviceQueueEntry entry = deviceQueueEntry;
    if (entry == null) {
      entry = new KDeviceQueueEntry(irp);
      deviceQueueEntry = entry;
    }
    return entry;
  }
}
