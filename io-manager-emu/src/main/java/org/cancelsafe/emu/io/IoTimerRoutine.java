package org.cancelsafe.emu.io;

import org.jspecify.annotations.Nullable;

/** {@code IO_TIMER_ROUTINE}: a device's IoTimer routine. */
@FunctionalInterface
public interface IoTimerRoutine {
  /**
   * Runs about once a second, at DISPATCH_LEVEL in an arbitrary context, while the device's timer is started.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-io_timer_routine">
   *     IO_TIMER_ROUTINE</a>
   */
  void run(DeviceObject device, @Nullable Object context);
}
