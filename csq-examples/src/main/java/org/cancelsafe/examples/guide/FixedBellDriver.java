package org.cancelsafe.examples.guide;

import org.cancelsafe.emu.io.Irp;
import org.jspecify.annotations.Nullable;

/** The driver of the guide, corrected. */
final class FixedBellDriver extends BellDriver {
  @Override
  @Nullable Irp takeWaiting(BellExtension bell) {
    while (!bell.waiting.isEmpty()) {
      Irp irp = Irp.fromListEntry(bell.waiting.removeHead());
      if (irp.setCancelRoutine(null) != null) {
        return irp;
      }
      irp.listEntry().initialize();
    }
    return null;
  }
}
