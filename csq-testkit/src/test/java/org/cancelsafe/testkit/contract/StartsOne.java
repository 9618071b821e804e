package org.cancelsafe.testkit.contract;

import static java.util.Objects.requireNonNull;

import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Shared;
import org.jspecify.annotations.Nullable;

/**
 * As with StartIo, the hardware has one request at a time, which has no cancel routine: to cancel it, or to clean up
 * its file, has to wait until the hardware is done. The others wait in the list.
 */
class StartsOne extends HandMadeDriver {
  final Shared<@Nullable Irp> current = new Shared<>("current", null);

  StartsOne(IoManager io) {
    super(io);
  }

  @Override
  final boolean starts(Irp irp) {
    boolean idle = current.get() == null;
    if (idle) {
      start(irp);
    }
    return idle;
  }

  /** The hardware works on this one from now on. The lock is held. */
  void start(@Nullable Irp irp) {
    current.set(irp);
  }

  /** What the hardware does next; the lock is held. */
  @Nullable Irp next() {
    return claim(null);
  }

  @Override
  public void serve() {
    finish();
  }

  final void finish() {
    Irql irql = lock.acquire();
    Irp done = current.get();
    if (done != null) {
      start(next());
    }
    lock.release(irql);
    if (done != null) {
      complete(done, NtStatus.STATUS_SUCCESS);
    }
  }

  /** What is not started yet is cancelled, and the hardware is stopped. */
  @Override
  public void unload() {
    super.unload();
    Irql irql = lock.acquire();
    Irp stopped = current.get();
    start(null);
    lock.release(irql);
    if (stopped != null) {
      complete(stopped, NtStatus.STATUS_CANCELLED);
    }
  }

  /** Done in a DPC, which is queued once however often that is asked for. */
  static final class ServedInADpc extends StartsOne {
    private final KDpc dpc = new KDpc("served", (queued, context, one, two) -> finish(), null);

    ServedInADpc(IoManager io) {
      super(io);
    }

    @Override
    public void serve() {
      dpc.insertQueue(null, null);
    }
  }

  /** Goes when the hardware is done. */
  static final class WaitsForTheHardware extends StartsOne {
    private final KEvent idle = new KEvent("idle", KEvent.Type.NOTIFICATION_EVENT, true);

    WaitsForTheHardware(IoManager io) {
      super(io);
    }

    @Override
    void start(@Nullable Irp irp) {
      super.start(irp);
      if (irp == null) {
        idle.set();
      } else {
        idle.clear();
      }
    }

    @Override
    public void unload() {
      close();
      drain(null, Integer.MAX_VALUE);
      idle.waitForSingleObject();
    }
  }

  // wrong ones

  /** The hardware stays idle when the one that is next is being cancelled. */
  static final class GivesUp extends StartsOne {
    GivesUp(IoManager io) {
      super(io);
    }

    @Override
    @Nullable Irp next() {
      Irp first = reads.isEmpty() ? null : Irp.fromListEntry(requireNonNull(reads.flink()));
      if (first == null || first.setCancelRoutine(null) == null) {
        return null;
      }
      first.listEntry().removeEntry();
      return first;
    }
  }

  /** The current one stays cancelable, and the hardware completes it all the same. */
  static final class CancelsTheCurrent extends StartsOne {
    CancelsTheCurrent(IoManager io) {
      super(io);
    }

    @Override
    void start(@Nullable Irp irp) {
      super.start(irp);
      if (irp != null) {
        irp.setCancelRoutine(
            (device, cancelled) -> {
              cancelled.io().releaseCancelSpinLock(cancelled.cancelIrql());
              complete(cancelled, NtStatus.STATUS_CANCELLED);
            });
      }
    }
  }

  /** Cleanup leaves the last one of the file. */
  static final class LeavesOne extends StartsOne {
    LeavesOne(IoManager io) {
      super(io);
    }

    @Override
    void cleanUp(FileObject file) {
      Irp kept = take(file);
      super.cleanUp(file);
      if (kept != null) {
        Irql irql = lock.acquire();
        reads.insertTail(kept.listEntry());
        kept.setCancelRoutine(this::cancel);
        lock.release(irql);
      }
    }
  }

  /** None can be cancelled, whether the hardware has it or not. */
  static final class CancelsNone extends StartsOne {
    CancelsNone(IoManager io) {
      super(io);
    }

    @Override
    NtStatus read(DeviceObject target, Irp irp) {
      Irql irql = lock.acquire();
      irp.markPending();
      if (!starts(irp)) {
        reads.insertTail(irp.listEntry());
      }
      lock.release(irql);
      return NtStatus.STATUS_PENDING;
    }

    @Override
    @Nullable Irp next() {
      return reads.isEmpty() ? null : Irp.fromListEntry(reads.removeHead());
    }
  }
}
