package org.cancelsafe.examples.samples;

import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;

import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Shared;
import org.jspecify.annotations.Nullable;

/**
 * S-8, after the echo sample without the framework's lock: each request has a counter of who may still touch it. It
 * begins with one, for the cancel callback. The timer adds itself, under the lock, before it tries to take the cancel
 * routine back. If it gets it, both are counted out and it completes; if not, each counts itself out, and the last one
 * completes.
 */
class DriverSync extends EchoDriver {
  final Shared<Integer> ownership = new Shared<>("ownership", 0);

  @Override
  NtStatus request(DeviceObject device, Irp irp) {
    Irql irql = lock.acquire();
    irp.markPending();
    ownership.set(1);
    currentRequest.set(irp);
    irp.setCancelRoutine(this::cancel);
    boolean cancelled = irp.cancel() && irp.setCancelRoutine(null) != null;
    if (cancelled) {
      currentRequest.set(null);
    }
    lock.release(irql);
    if (cancelled) {
      complete(irp, STATUS_CANCELLED);
    } else {
      setTimer();
    }
    return STATUS_PENDING;
  }

  private void cancel(DeviceObject device, Irp irp) {
    irp.io().releaseCancelSpinLock(irp.cancelIrql());
    if (countOut(1)) {
      complete(irp, STATUS_CANCELLED);
    }
  }

  @Override
  void timer() {
    Irp irp = countIn();
    if (irp == null) {
      return;
    }
    if (irp.setCancelRoutine(null) != null) {
      countOut(2);
      complete(irp, STATUS_SUCCESS);
    } else if (countOut(1)) {
      complete(irp, STATUS_CANCELLED);
    }
  }

  /** The current request, with the timer counted in; null when there is none, or it is being completed. */
  @Nullable Irp countIn() {
    Irql irql = lock.acquire();
    Irp irp = currentRequest.get();
    if (irp != null) {
      ownership.set(ownership.get() + 1);
    }
    lock.release(irql);
    return irp;
  }

  /** Counts owners out; whether nobody is left. */
  boolean countOut(int owners) {
    Irql irql = lock.acquire();
    ownership.set(ownership.get() - owners);
    boolean last = ownership.get() == 0;
    if (last) {
      currentRequest.set(null);
    }
    lock.release(irql);
    return last;
  }
}
