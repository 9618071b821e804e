package org.cancelsafe.emu.rules;

import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.cancelsafe.emu.io.NtStatus.STATUS_UNSUCCESSFUL;
import static org.cancelsafe.emu.machine.Irql.DIRQL_3;

import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.IoCompletionRoutine;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.emu.verifier.Verifier;

/** What dispatch and completion routines do with an IRP, and return. */
final class DispatchExamples {
  private DispatchExamples() {}

  static List<Example> all() {
    return List.of(
        Example.of(
            Rule.CALL_DELETED_DEVICE,
            machine -> {
              DeviceObject device = Devices.device(machine, Devices::completeAtOnce);
              device.delete();
              Devices.read(device);
            },
            machine -> {
              DeviceObject device = Devices.device(machine, Devices::completeAtOnce);
              Devices.read(device);
              device.delete();
            }),
        Example.of(
            Rule.REFERENCE_COUNT,
            machine -> Devices.device(machine, Devices::completeAtOnce).dereference(),
            machine -> {
              DeviceObject device = Devices.device(machine, Devices::completeAtOnce);
              device.reference();
              device.dereference();
            }),
        Example.of(
            Rule.IRQL_PASSIVE,
            machine -> {
              DeviceObject device = Devices.device(machine, Devices::completeAtOnce);
              Ke.raiseIrql(Irql.APC_LEVEL);
              device.io().createFile(device, "file");
            },
            machine -> {
              DeviceObject device = Devices.device(machine, Devices::completeAtOnce);
              device.io().createFile(device, "file").close();
            }),
        Example.of(
            Rule.DELETED_WHILE_ATTACHED,
            machine -> {
              DeviceObject lower = Devices.device(machine, Devices::completeAtOnce);
              Devices.above(lower, Devices::completeAtOnce).delete();
            },
            machine -> {
              DeviceObject lower = Devices.device(machine, Devices::completeAtOnce);
              DeviceObject upper = Devices.above(lower, Devices::completeAtOnce);
              lower.detachDevice();
              upper.delete();
            }),
        Example.of(
                Rule.COMPLETED_NOT_SENT,
                machine -> Devices.complete(IoManager.of(machine).allocateIrp(1)),
                machine -> Devices.read(machine, Devices::completeAtOnce))
            .on(() -> Machine.live().verifier(Verifier.EVERYTHING)),
        Example.of(
            Rule.DISPATCH_CHANGED_IRQL,
            machine ->
                Devices.read(
                    machine,
                    (device, irp) -> {
                      Ke.raiseIrqlToDpcLevel();
                      return Devices.complete(irp);
                    }),
            machine ->
                Devices.read(
                    machine,
                    (device, irp) -> {
                      Irql old = Ke.raiseIrqlToDpcLevel();
                      NtStatus status = Devices.complete(irp);
                      Ke.lowerIrql(old);
                      return status;
                    })),
        Example.of(
            Rule.SPIN_LOCK_HELD_AT_RETURN,
            machine ->
                Devices.read(
                    machine,
                    (device, irp) -> {
                      new KSpinLock("L").acquire();
                      return Devices.pend(device, irp);
                    }),
            machine ->
                Devices.complete(
                    Devices.read(
                        machine,
                        (device, irp) -> {
                          KSpinLock lock = new KSpinLock("L");
                          Irql old = lock.acquire();
                          irp.markPending();
                          lock.release(old);
                          return STATUS_PENDING;
                        }))),
        Example.of(
            Rule.PENDING_NOT_MARKED,
            machine -> Devices.read(machine, (device, irp) -> STATUS_PENDING),
            DispatchExamples::pendAndComplete),
        Example.of(
            Rule.MARKED_NOT_PENDING,
            machine ->
                Devices.read(
                    machine,
                    (device, irp) -> {
                      irp.markPending();
                      return Devices.complete(irp);
                    }),
            machine ->
                Devices.read(
                    machine,
                    (device, irp) -> {
                      irp.markPending();
                      Devices.complete(irp);
                      return STATUS_PENDING;
                    })),
        Example.of(
            Rule.IRP_DROPPED,
            machine -> Devices.read(machine, (device, irp) -> STATUS_SUCCESS),
            machine -> Devices.read(machine, Devices::completeAtOnce)),
        Example.of(
            Rule.DISPATCH_STATUS_DIFFERS,
            machine ->
                Devices.read(
                    machine,
                    (device, irp) -> {
                      Devices.complete(irp, STATUS_UNSUCCESSFUL);
                      return STATUS_SUCCESS;
                    }),
            machine -> Devices.read(machine, (device, irp) -> Devices.complete(irp, STATUS_UNSUCCESSFUL))),
        Example.of(
            Rule.CALL_DRIVER_ABOVE_DISPATCH,
            machine -> {
              DeviceObject device = Devices.device(machine, Devices::completeAtOnce);
              Ke.raiseIrql(DIRQL_3);
              Devices.read(device);
            },
            machine -> {
              DeviceObject device = Devices.device(machine, Devices::completeAtOnce);
              Irql old = Ke.raiseIrqlToDpcLevel();
              Devices.read(device);
              Ke.lowerIrql(old);
            }),
        Example.of(
            Rule.NO_MORE_STACK_LOCATIONS,
            machine -> {
              DeviceObject lower = Devices.device(machine, Devices::completeAtOnce);
              Devices.read(machine, (device, irp) -> irp.io().callDriver(lower, irp));
            },
            machine -> forward(Devices.device(machine, Devices::completeAtOnce), DispatchExamples::propagate)),
        Example.of(
            Rule.PENDING_NOT_PROPAGATED,
            machine ->
                Devices.complete(
                    forward(Devices.device(machine, Devices::pend), (own, irp, context) -> STATUS_SUCCESS)),
            machine ->
                Devices.complete(
                    forward(Devices.device(machine, Devices::pend), DispatchExamples::propagate))),
        Example.of(
            Rule.COMPLETION_CHANGED_IRQL,
            machine ->
                forward(
                    Devices.device(machine, Devices::completeAtOnce),
                    (own, irp, context) -> {
                      Ke.raiseIrqlToDpcLevel();
                      return STATUS_SUCCESS;
                    }),
            machine ->
                forward(
                    Devices.device(machine, Devices::completeAtOnce),
                    (own, irp, context) -> {
                      Ke.lowerIrql(Ke.raiseIrqlToDpcLevel());
                      return STATUS_SUCCESS;
                    })));
  }

  private static void pendAndComplete(Machine machine) {
    Devices.complete(Devices.read(machine, Devices::pend));
  }

  /** A read of a driver that passes it on. */
  private static Irp forward(DeviceObject lower, IoCompletionRoutine routine) {
    return Devices.read(
        Devices.above(
            lower,
            (device, irp) -> {
              irp.copyCurrentStackLocationToNext();
              irp.setCompletionRoutine(routine, null, true, true, true);
              return irp.io().callDriver(lower, irp);
            }));
  }

  private static NtStatus propagate(DeviceObject device, Irp irp, Object context) {
    if (irp.pendingReturned()) {
      irp.markPending();
    }
    return STATUS_SUCCESS;
  }
}
