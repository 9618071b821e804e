package org.cancelsafe.examples.textbook;

import static java.util.Objects.requireNonNull;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_MORE_PROCESSING_REQUIRED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;

import com.google.common.collect.ImmutableList;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Shared;
import org.jspecify.annotations.Nullable;

/**
 * A driver that sends the two halves of a read down as associated IRPs, which the I/O manager frees when they are
 * completed, and the read, their master, with the last one. It is correct; T-38 overrides the steps that it gets wrong.
 *
 * <p>The cancel routine uses the master, and the halves that are left. So a half that is completed meanwhile is held
 * back, which keeps both alive, until the routine is done with them. And the last half takes the routine out of the
 * master; when it comes too late for that, the routine is on its way, and the half waits for it.
 */
class SplitDriver {
  private enum State {
    ARMED,
    CANCELLING,
    CANCELLED
  }

  /** A read that was split. The lock guards all but the master. */
  protected static final class Split {
    final Irp master;
    private final KSpinLock lock = new KSpinLock("split");
    private final Shared<State> state = new Shared<>("state", State.ARMED);
    private final Shared<ImmutableList<Irp>> left = new Shared<>("left", ImmutableList.of());
    private final Shared<ImmutableList<Irp>> held = new Shared<>("held", ImmutableList.of());

    Split(Irp master) {
      this.master = master;
    }

    boolean isNoneLeft() {
      return left.get().isEmpty();
    }
  }

  /** {@code AddDevice}: creates a device above this one. */
  final DeviceObject addDevice(IoManager io, DeviceObject lower) {
    DriverObject driver = new DriverObject("split").setMajorFunction(IRP_MJ_READ, this::read);
    return io.createDevice(driver, "upper", lower);
  }

  private NtStatus read(DeviceObject device, Irp master) {
    DeviceObject lower = device.deviceExtension(DeviceObject.class);
    Split split = new Split(master);
    ImmutableList<Irp> halves = ImmutableList.of(half(split, lower), half(split, lower));
    split.left.set(halves);
    master.setDriverContext(0, split);
    master.setIoStatus(STATUS_SUCCESS, 0);
    master.markPending();
    arm(split);
    halves.forEach(half -> half.io().callDriver(lower, half));
    return STATUS_PENDING;
  }

  private Irp half(Split split, DeviceObject lower) {
    Irp half = requireNonNull(split.master.makeAssociatedIrp(lower.stackSize()));
    half.nextStackLocation().setMajorFunction(IRP_MJ_READ);
    half.setCompletionRoutine(this::completed, split, true, true, true);
    return half;
  }

  /** Makes the master cancelable, before a half is sent. */
  protected void arm(Split split) {
    split.master.setCancelRoutine(this::cancel);
    if (split.master.cancel() && split.master.setCancelRoutine(null) != null) {
      cancelHalves(split);
    }
  }

  /** The completion routine of a half. */
  private NtStatus completed(@Nullable DeviceObject device, Irp half, @Nullable Object context) {
    Split split = (Split) requireNonNull(context);
    Irql irql = split.lock.acquire();
    split.left.set(without(half, split.left.get()));
    boolean held = isCancelRoutineAbout(split);
    if (held) {
      split.held.set(ImmutableList.<Irp>builder().addAll(split.held.get()).add(half).build());
    }
    split.lock.release(irql);
    return held ? STATUS_MORE_PROCESSING_REQUIRED : STATUS_SUCCESS;
  }

  private static ImmutableList<Irp> without(Irp half, ImmutableList<Irp> halves) {
    return halves.stream().filter(other -> other != half).collect(ImmutableList.toImmutableList());
  }

  /** Whether a half must wait for the cancel routine; the last one sees to it that it comes no more. Lock held. */
  protected boolean isCancelRoutineAbout(Split split) {
    return switch (split.state.get()) {
      case ARMED -> split.isNoneLeft() && split.master.setCancelRoutine(null) == null;
      case CANCELLING -> true;
      case CANCELLED -> false;
    };
  }

  /** The cancel routine of the master. Entered at DISPATCH_LEVEL with the cancel spin lock held. */
  protected void cancel(DeviceObject device, Irp master) {
    master.io().releaseCancelSpinLock(master.cancelIrql());
    cancelHalves((Split) requireNonNull(master.driverContext(0)));
  }

  private static void cancelHalves(Split split) {
    Irql irql = split.lock.acquire();
    split.state.set(State.CANCELLING);
    ImmutableList<Irp> left = split.left.get();
    split.lock.release(irql);
    IoManager io = split.master.io();
    if (!left.isEmpty()) {
      split.master.setIoStatus(STATUS_CANCELLED, 0);
    }
    left.forEach(io::cancelIrp);
    irql = split.lock.acquire();
    split.state.set(State.CANCELLED);
    ImmutableList<Irp> held = split.held.get();
    split.lock.release(irql);
    held.forEach(io::completeRequest);
  }
}
