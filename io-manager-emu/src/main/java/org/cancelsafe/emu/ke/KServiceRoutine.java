package org.cancelsafe.emu.ke;

import org.jspecify.annotations.Nullable;

/** {@code KSERVICE_ROUTINE}: an interrupt service routine. */
@FunctionalInterface
public interface KServiceRoutine {
  /**
   * Services an interrupt, at the interrupt's {@code SynchronizeIrql} and with its spin lock held; at PASSIVE_LEVEL for
   * an interrupt that is handled there.
   *
   * <p>Bug check: {@code 0xC4/0x111} when it returns at another IRQL.
   *
   * @return whether its device interrupted; false lets the next routine on a shared vector look
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-kservice_routine">
   *     KSERVICE_ROUTINE</a>
   */
  boolean service(KInterrupt interrupt, @Nullable Object serviceContext);
}
