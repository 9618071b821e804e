package org.cancelsafe.emu.rules;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CONTINUE_COMPLETION;
import static org.cancelsafe.emu.io.NtStatus.STATUS_MORE_PROCESSING_REQUIRED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.cancelsafe.emu.machine.Irql.DIRQL_3;

import java.util.List;
import java.util.function.Consumer;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.IoStatusBlock;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.emu.verifier.Verifier;

/** Completing an IRP; IRPs of a driver's own, and their memory. */
final class IrpExamples {
  private IrpExamples() {}

  static List<Example> all() {
    return List.of(
        Example.of(
            Rule.DOUBLE_COMPLETION,
            machine -> {
              Irp irp = Devices.read(machine, Devices::pend);
              Devices.complete(irp);
              irp.io().completeRequest(irp);
            },
            machine -> Devices.complete(Devices.read(machine, Devices::pend))),
        Example.of(
            Rule.IRP_TOUCHED_AFTER_COMPLETION,
            machine -> {
              Irp irp = Devices.read(machine, Devices::pend);
              Devices.complete(irp);
              irp.markPending();
            },
            machine -> {
              Irp irp = Devices.read(machine, Devices::pend);
              irp.status();
              Devices.complete(irp);
              irp.userIosb().status();
            }),
        Example.of(
            Rule.COMPLETE_PENDING_STATUS,
            machine -> Devices.complete(Devices.read(machine, Devices::pend), STATUS_PENDING),
            machine -> Devices.complete(Devices.read(machine, Devices::pend), STATUS_SUCCESS)),
        Example.of(
            Rule.COMPLETE_ABOVE_DISPATCH,
            machine -> {
              Irp irp = Devices.read(machine, Devices::pend);
              Ke.raiseIrql(DIRQL_3);
              Devices.complete(irp);
            },
            machine -> {
              Irp irp = Devices.read(machine, Devices::pend);
              Irql old = Ke.raiseIrqlToDpcLevel();
              Devices.complete(irp);
              Ke.lowerIrql(old);
            }),
        Example.of(
            Rule.SPIN_LOCK_SAFE,
            machine -> {
              Irp irp = Devices.read(machine, Devices::pend);
              new KSpinLock("L").acquire();
              Devices.complete(irp);
            },
            machine -> {
              Irp irp = Devices.read(machine, Devices::pend);
              KSpinLock lock = new KSpinLock("L");
              Irql old = lock.acquire();
              irp.setIoStatus(STATUS_SUCCESS, 0);
              lock.release(old);
              irp.io().completeRequest(irp);
            }),
        Example.of(
            Rule.FREE_IN_USE,
            machine -> {
              Irp irp = allocate(machine);
              new ListEntry("Q").insertTail(irp.listEntry());
              irp.io().freeIrp(irp);
            },
            machine -> {
              Irp irp = allocate(machine);
              ListEntry queue = new ListEntry("Q");
              queue.insertTail(irp.listEntry());
              queue.removeHead();
              irp.io().freeIrp(irp);
            }),
        Example.of(
            Rule.FREE_THREADED_IRP,
            machine -> {
              Irp irp = threadedRead(Devices.device(machine, Devices::completeAtOnce));
              irp.io().freeIrp(irp);
            },
            machine -> {
              DeviceObject device = Devices.device(machine, Devices::completeAtOnce);
              device.io().callDriver(device, threadedRead(device));
              Irp own = allocate(machine);
              own.io().freeIrp(own);
            }),
        Example.of(
            Rule.REUSE_NOT_ALLOCATED,
            machine -> threadedRead(Devices.device(machine, Devices::pend)).reuse(STATUS_SUCCESS),
            machine -> {
              Irp irp = allocate(machine);
              irp.reuse(STATUS_SUCCESS);
              irp.io().freeIrp(irp);
            }),
        Example.of(
                Rule.ALLOCATED_IRP_COMPLETED,
                machine -> readAndAnswer(machine, STATUS_CONTINUE_COMPLETION),
                machine -> readAndAnswer(machine, STATUS_MORE_PROCESSING_REQUIRED))
            .on(() -> Machine.live().verifier(Verifier.EVERYTHING)),
        Example.of(
            Rule.INITIALIZE_ALLOCATED,
            machine -> allocate(machine).initialize(Irp.sizeOfIrp(1), 1),
            machine -> IoManager.of(machine).allocateIrp(1, false).initialize(Irp.sizeOfIrp(1), 1)),
        Example.of(
            Rule.COMPLETION_EX_NOT_SENT,
            machine -> {
              Irp irp = withCompletionRoutineEx(Devices.device(machine, Devices::completeAtOnce));
              irp.io().freeIrp(irp);
            },
            machine -> {
              DeviceObject device = Devices.device(machine, Devices::completeAtOnce);
              Irp irp = withCompletionRoutineEx(device);
              device.io().callDriver(device, irp);
              device.io().freeIrp(irp);
            }),
        Example.of(
                Rule.PENDING_SKIPPED,
                machine -> passOnPended(machine, Irp::skipCurrentStackLocation),
                machine -> passOnPended(machine, Irp::copyCurrentStackLocationToNext))
            .on(() -> Machine.live().verifier(Verifier.EVERYTHING)),
        Example.of(
            Rule.PENDING_WITHOUT_LOCATION,
            machine -> sendOwn(Devices.device(machine, Devices::pend), true),
            machine -> sendOwn(Devices.device(machine, Devices::pend), false)),
        Example.of(
            Rule.IRQL_IO_APC_LTE,
            machine -> {
              DeviceObject device = Devices.device(machine, Devices::pend);
              Ke.raiseIrqlToDpcLevel();
              threadedRead(device);
            },
            machine -> {
              DeviceObject device = Devices.device(machine, Devices::completeAtOnce);
              Irql old = Ke.raiseIrql(Irql.APC_LEVEL);
              Irp irp = threadedRead(device);
              Ke.lowerIrql(old);
              device.io().callDriver(device, irp);
            }));
  }

  private static Irp allocate(Machine machine) {
    return IoManager.of(machine).allocateIrp(1);
  }

  private static Irp threadedRead(DeviceObject device) {
    KEvent done = new KEvent("done", KEvent.Type.NOTIFICATION_EVENT, false);
    return device.io().buildSynchronousFsdRequest(IRP_MJ_READ, device, null, 0, 0, done, new IoStatusBlock());
  }

  private static Irp withCompletionRoutineEx(DeviceObject device) {
    Irp irp = device.io().allocateIrp(1);
    irp.nextStackLocation().setMajorFunction(IRP_MJ_READ);
    irp.setCompletionRoutineEx(
        device, (own, mine, context) -> STATUS_MORE_PROCESSING_REQUIRED, null, true, true, true);
    return irp;
  }

  private static void readAndAnswer(Machine machine, NtStatus answer) {
    Irp irp = allocate(machine);
    irp.nextStackLocation().setMajorFunction(IRP_MJ_READ);
    irp.setCompletionRoutine((own, mine, context) -> answer, null, true, true, true);
    irp.io().callDriver(Devices.device(machine, Devices::completeAtOnce), irp);
    irp.io().freeIrp(irp);
  }

  /** A driver sends an IRP of its own; its completion routine, which has no stack location, marks it pending or not. */
  private static void sendOwn(DeviceObject device, boolean marks) {
    Irp irp = device.io().allocateIrp(1);
    irp.nextStackLocation().setMajorFunction(IRP_MJ_READ);
    irp.setCompletionRoutine(
        (own, mine, context) -> {
          if (marks && mine.pendingReturned()) {
            mine.markPending();
          }
          return STATUS_MORE_PROCESSING_REQUIRED;
        },
        null,
        true,
        true,
        true);
    device.io().callDriver(device, irp);
    Devices.complete(irp);
    device.io().freeIrp(irp);
  }

  /** A driver marks a read pending, and passes it on to a prompt one with the next stack location set up so. */
  private static void passOnPended(Machine machine, Consumer<Irp> setUp) {
    DeviceObject lower = Devices.device(machine, Devices::completeAtOnce);
    Devices.read(
        Devices.above(
            lower,
            (device, irp) -> {
              irp.markPending();
              setUp.accept(irp);
              irp.io().callDriver(lower, irp);
              return NtStatus.STATUS_PENDING;
            }));
  }
}
