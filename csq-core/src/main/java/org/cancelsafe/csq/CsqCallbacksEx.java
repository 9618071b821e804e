package org.cancelsafe.csq;

import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.jspecify.annotations.Nullable;

/** The callbacks of an extended queue: {@code CsqInsertIrpEx} gets an insert context, and may decline. */
public interface CsqCallbacksEx extends CsqCallbacks {
  /**
   * {@code CsqInsertIrpEx}: puts the IRP into the driver's structure, or not. Called with the lock held.
   *
   * @param insertContext what {@link IoCsq#insertIrpEx} was given; null from {@link IoCsq#insertIrp}
   * @return a success code when the IRP was inserted; an error code when it was not, and stays its caller's
   */
  NtStatus insertIrpEx(IoCsq csq, Irp irp, @Nullable Object insertContext);

  /** Not called on an extended queue. */
  @Override
  default void insertIrp(IoCsq csq, Irp irp) {
    insertIrpEx(csq, irp, null);
  }
}
