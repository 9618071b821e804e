package org.cancelsafe.testkit.contract;

import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KDpc;
import org.jspecify.annotations.Nullable;

/** Right drivers that do it in another way. */
final class OddDrivers {
  private OddDrivers() {}

  /** What the hardware does is done in a DPC, which is queued once however often that is asked for. */
  static final class ServesInADpc extends HandMadeDriver {
    private final KDpc dpc = new KDpc("served", (queued, context, one, two) -> super.serve(), null);

    ServesInADpc(IoManager io) {
      super(io);
    }

    @Override
    public void serve() {
      dpc.insertQueue(null, null);
    }
  }

  /** Refuses a third request while two are pending. */
  static final class TakesTwo extends HandMadeDriver {
    private final InterlockedLong pending = new InterlockedLong("pending", 0);

    TakesTwo(IoManager io) {
      super(io);
    }

    @Override
    NtStatus read(DeviceObject target, Irp irp) {
      if (pending.increment() > 2) {
        pending.decrement();
        complete(irp, NtStatus.STATUS_DEVICE_BUSY);
        return NtStatus.STATUS_DEVICE_BUSY;
      }
      NtStatus status = super.read(target, irp);
      if (!status.equals(NtStatus.STATUS_PENDING)) {
        pending.decrement();
      }
      return status;
    }

    @Override
    void cancel(DeviceObject target, Irp irp) {
      pending.decrement();
      super.cancel(target, irp);
    }

    @Override
    @Nullable Irp take(@Nullable FileObject file) {
      Irp irp = super.take(file);
      if (irp != null) {
        pending.decrement();
      }
      return irp;
    }
  }
}
