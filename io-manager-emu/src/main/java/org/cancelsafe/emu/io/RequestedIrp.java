package org.cancelsafe.emu.io;

import static java.util.Objects.requireNonNull;

import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KProcessorMode;
import org.cancelsafe.emu.machine.Activity;
import org.jspecify.annotations.Nullable;

/** Who made an IRP, and for what: fields that few IRPs need, in {@link IrpExtra}. */
abstract class RequestedIrp extends CancelableIrp {
  /** {@code IO_TYPE_IRP}: what kind of I/O object an IRP is. */
  public static final int IO_TYPE_IRP = 6;

  /** {@code IRP_ASSOCIATED_IRP}: the IRP is a part of its master's. */
  public static final int IRP_ASSOCIATED_IRP = 0x8;

  RequestedIrp(IoManager io, int number, int stackSize) {
    super(io, number, stackSize);
  }

  /** {@code Irp->Type}: {@link #IO_TYPE_IRP}. */
  public final int type() {
    return IO_TYPE_IRP;
  }

  /** {@code Irp->Size}: {@link #sizeOfIrp} of its stack locations. */
  public final int size() {
    return sizeOfIrp(stackCount());
  }

  /** {@code Irp->Flags}, as far as they matter here: {@link #IRP_ASSOCIATED_IRP}, or 0. */
  public final int flags() {
    checkAlive("read of Flags");
    IrpExtra more = extraOrNull();
    return more != null && more.origin == IrpOrigin.ASSOCIATED ? IRP_ASSOCIATED_IRP : 0;
  }

  /** {@code Irp->UserEvent}: what the I/O manager sets when the request has ended; null for nothing. */
  public final @Nullable KEvent userEvent() {
    checkAlive("read of UserEvent");
    IrpExtra more = extraOrNull();
    return more == null ? null : more.userEvent;
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
