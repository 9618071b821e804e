package org.cancelsafe.emu.ke;

import org.jspecify.annotations.Nullable;

/** {@code KSYNCHRONIZE_ROUTINE}: a {@code SynchCritSection} routine, which an interrupt service routine excludes. */
@FunctionalInterface
public interface KSynchronizeRoutine {
  /**
   * Runs at the interrupt's {@code SynchronizeIrql} with its spin lock held.
   *
   * @return what {@link KInterrupt#synchronizeExecution} returns
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-ksynchronize_routine">
   *     KSYNCHRONIZE_ROUTINE</a>
   */
  boolean run(@Nullable Object synchronizeContext);
}
