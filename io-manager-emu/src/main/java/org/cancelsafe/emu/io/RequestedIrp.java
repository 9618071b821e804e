package org.cancelsafe.emu.io;

import static java.util.Objects.requireNonNull;

import org.cancelsafe.emu.ke.KProcessorMode;
import org.cancelsafe.emu.machine.Activity;
import org.jspecify.annotations.Nullable;

/** Who made an IRP, and for what: fields that few IRPs need, in {@link IrpExtra}. */
abstract class RequestedIrp extends CancelableIrp {
  RequestedIrp(IoManager io, int number, int stackSize) {
    super(io, number, stackSize);
  }

  /** {@code Irp->RequestorMode}: who made the request. */
  public final KProcessorMode requestorMode() {
    checkAlive("read of RequestorMode");
    IrpExtra more = extraOrNull();
    return more == null ? KProcessorMode.KERNEL_MODE : more.requestorMode;
  }

  /** Sets {@code Irp->RequestorMode}, for who makes the IRP. */
  public final void setRequestorMode(KProcessorMode mode) {
    checkAlive("write of RequestorMode");
    extra().requestorMode = requireNonNull(mode, "mode");
  }

  /** {@code Irp->Tail.Overlay.Thread}: the requesting thread, to which nobody refers; null when none was named. */
  public final @Nullable Activity thread() {
    checkAlive("read of Tail.Overlay.Thread");
    IrpExtra more = extraOrNull();
    return more == null ? null : more.thread;
  }

  /** {@code Irp->AssociatedIrp.SystemBuffer}: the buffer of buffered I/O. */
  public final @Nullable Object systemBuffer() {
    checkAlive("read of AssociatedIrp.SystemBuffer");
    IrpExtra more = extraOrNull();
    return more == null ? null : more.systemBuffer;
  }

  /** Sets {@code Irp->AssociatedIrp.SystemBuffer}. */
  public final void setSystemBuffer(@Nullable Object buffer) {
    checkAlive("write of AssociatedIrp.SystemBuffer");
    extra().systemBuffer = buffer;
  }

  /** {@code Irp->UserBuffer}. */
  public final @Nullable Object userBuffer() {
    checkAlive("read of UserBuffer");
    IrpExtra more = extraOrNull();
    return more == null ? null : more.userBuffer;
  }

  /** Sets {@code Irp->UserBuffer}. */
  public final void setUserBuffer(@Nullable Object buffer) {
    checkAlive("write of UserBuffer");
    extra().userBuffer = buffer;
  }

  /** {@code Irp->MdlAddress}: describes the buffer of direct I/O. */
  public final @Nullable Mdl mdlAddress() {
    checkAlive("read of MdlAddress");
    IrpExtra more = extraOrNull();
    return more == null ? null : more.mdlAddress;
  }

  /** Sets {@code Irp->MdlAddress}. */
  public final void setMdlAddress(@Nullable Mdl mdl) {
    checkAlive("write of MdlAddress");
    extra().mdlAddress = mdl;
  }

  /** {@code Irp->AssociatedIrp.MasterIrp}; null for an IRP that is not associated. */
  public final @Nullable Irp masterIrp() {
    checkAlive("read of AssociatedIrp.MasterIrp");
    IrpExtra more = extraOrNull();
    return more == null ? null : more.master;
  }

  /** {@code Irp->AssociatedIrp.IrpCount}: how many associated IRPs are not yet completed. */
  public final int irpCount() {
    checkAlive("read of AssociatedIrp.IrpCount");
    IrpExtra more = extraOrNull();
    return more == null ? 0 : more.irpCount();
  }
}
