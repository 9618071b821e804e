package org.cancelsafe.emu.rules;

import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;

import java.time.Duration;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverCancel;
import org.cancelsafe.emu.io.DriverDispatch;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.emu.verifier.Verifier;

/** Cancel routines, and who has one set when. */
final class CancelExamples {
  private CancelExamples() {}

  static List<Example> all() {
    return List.of(
        Example.of(
            Rule.CANCEL_LOCK_HELD,
            machine -> cancel(machine, (device, irp) -> {}),
            machine -> cancel(machine, Devices::cancel)),
        Example.of(
                Rule.CANCEL_STATE,
                machine -> {
                  Irp irp = Devices.read(machine, completing(false));
                  irp.io().cancelIrp(irp);
                },
                machine -> {
                  Irp irp = Devices.read(machine, completing(true));
                  irp.io().cancelIrp(irp);
                })
            .on(() -> Machine.live().verifier(Verifier.OFF)),
        Example.of(
            Rule.COMPLETE_WITH_CANCEL_ROUTINE,
            machine -> Devices.read(machine, completing(false)),
            machine -> Devices.read(machine, completing(true))),
        Example.of(
            Rule.CANCELLED_IRP_NOT_COMPLETED,
            machine -> {
              Irp irp = Devices.read(machine, Devices::pend);
              irp.io().setCancelledIrpLimit(Duration.ofMillis(5));
              irp.io().cancelIrp(irp);
              Ke.delayExecutionThread(200_000);
              Devices.complete(irp, STATUS_CANCELLED);
            },
            machine -> cancel(machine, Devices::cancel)),
        Example.of(
                Rule.IRP_CANCEL_FIELD,
                machine -> Devices.read(machine, (device, irp) -> arm(irp, false)),
                machine -> {
                  Irp irp = Devices.read(machine, (device, read) -> arm(read, true));
                  irp.io().cancelIrp(irp);
                })
            .on(() -> Machine.live().verifier(Verifier.EVERYTHING)),
        Example.of(
            Rule.FORWARD_WITH_CANCEL_ROUTINE,
            machine -> forward(machine, false),
            machine -> forward(machine, true)),
        Example.of(
            Rule.CANCEL_ROUTINE_ON_IRP_BELOW,
            machine -> armAround(machine, false),
            machine -> armAround(machine, true)));
  }

  /** A read is pended, made cancelable, and cancelled. */
  private static void cancel(Machine machine, DriverCancel routine) {
    Irp irp =
        Devices.read(
            machine,
            (device, read) -> {
              read.setCancelRoutine(routine);
              return Devices.pend(device, read);
            });
    irp.io().cancelIrp(irp);
  }

  /** Makes a read cancelable for a while, and completes it, the routine taken out again or not. */
  private static DriverDispatch completing(boolean takesOut) {
    return (device, irp) -> {
      irp.setCancelRoutine(Devices::cancel);
      if (takesOut) {
        irp.setCancelRoutine(null);
      }
      return Devices.complete(irp);
    };
  }

  private static NtStatus arm(Irp irp, boolean looks) {
    irp.markPending();
    irp.setCancelRoutine(Devices::cancel);
    if (looks && irp.cancel() && irp.setCancelRoutine(null) != null) {
      Devices.complete(irp, STATUS_CANCELLED);
    }
    return STATUS_PENDING;
  }

  /** A driver that makes a read cancelable and passes it on, the routine taken out again or not. */
  private static void forward(Machine machine, boolean takesOut) {
    DeviceObject lower = Devices.device(machine, Devices::completeAtOnce);
    Devices.read(
        Devices.above(
            lower,
            (device, irp) -> {
              irp.setCancelRoutine(Devices::cancel);
              if (takesOut) {
                irp.setCancelRoutine(null);
              }
              irp.copyCurrentStackLocationToNext();
              return irp.io().callDriver(lower, irp);
            }));
  }

  /** A driver that makes a read cancelable while the driver below has it, or the one below does. */
  private static void armAround(Machine machine, boolean below) {
    DeviceObject lower =
        Devices.device(
            machine,
            (device, irp) -> {
              if (below) {
                irp.setCancelRoutine(Devices::cancel);
              }
              return Devices.pend(device, irp);
            });
    Irp read =
        Devices.read(
            Devices.above(
                lower,
                (device, irp) -> {
                  irp.copyCurrentStackLocationToNext();
                  NtStatus status = irp.io().callDriver(lower, irp);
                  if (!below) {
                    irp.setCancelRoutine(Devices::cancel);
                  }
                  return status;
                }));
    read.io().cancelIrp(read);
  }
}
