package org.cancelsafe.examples.ported;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_CLEANUP;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_MORE_PROCESSING_REQUIRED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.cancelsafe.emu.ke.KEvent.Type.NOTIFICATION_EVENT;
import static org.cancelsafe.emu.ke.KEvent.Type.SYNCHRONIZATION_EVENT;

import org.cancelsafe.csq.FifoCallbacks;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverDispatch;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;

/** The models of {@link IrpsTest}: reads in a list with a cancel routine, or in a cancel-safe queue. One run each. */
final class ReadModels {
  private static final long SOON = -10;

  private final KSpinLock lock = new KSpinLock("Lock");
  private final ListEntry waiting = new ListEntry("Waiting");
  private final ListEntry active = new ListEntry("Active");
  private final IoCsq csq = new IoCsq();

  private static void complete(DeviceObject device, Irp irp, NtStatus status) {
    irp.setIoStatus(status, 0);
    device.io().completeRequest(irp);
  }

  private static DeviceObject device(Machine machine, DriverDispatch read) {
    DriverObject driver = new DriverObject("driver").setMajorFunction(IRP_MJ_READ, read);
    return IoManager.of(machine).createDevice(driver, "dev0", null);
  }

  private NtStatus readIntoCsq(DeviceObject device, Irp irp) {
    csq.insertIrp(irp, null);
    return STATUS_PENDING;
  }

  private void serve(DeviceObject device) {
    Irp irp = csq.removeNextIrp(null);
    if (irp != null) {
      complete(device, irp, STATUS_SUCCESS);
    }
  }

  private NtStatus readIntoList(DeviceObject device, Irp irp) {
    Irql irql = lock.acquire();
    irp.markPending();
    waiting.insertTail(irp.listEntry());
    boolean cancelled = armed(irp);
    lock.release(irql);
    if (cancelled) {
      complete(device, irp, STATUS_CANCELLED);
    }
    return STATUS_PENDING;
  }

  /** Under the lock: makes a linked IRP cancelable; unlinks it when it is the caller's to cancel. */
  private boolean armed(Irp irp) {
    irp.setCancelRoutine(this::cancel);
    boolean cancelled = irp.cancel() && irp.setCancelRoutine(null) != null;
    if (cancelled) {
      irp.listEntry().removeEntry();
    }
    return cancelled;
  }

  private void cancel(DeviceObject device, Irp irp) {
    device.io().releaseCancelSpinLock(irp.cancelIrql());
    Irql irql = lock.acquire();
    irp.listEntry().removeEntry();
    lock.release(irql);
    complete(device, irp, STATUS_CANCELLED);
  }

  // cleanup gives up the lock to complete, and goes on with the entry that came next

  void cleanup(Machine machine, boolean beginsAgain) {
    DeviceObject device = device(machine, this::readIntoList);
    device.driverObject()
        .setMajorFunction(
            IRP_MJ_CLEANUP,
            (dev, cleanup) -> {
              Irql irql = lock.acquire();
              for (ListEntry entry = waiting.flink(); entry != waiting; ) {
                ListEntry next = entry.flink();
                Irp irp = Irp.fromListEntry(entry);
                if (irp.setCancelRoutine(null) != null) {
                  entry.removeEntry();
                  lock.release(irql);
                  complete(dev, irp, STATUS_CANCELLED);
                  irql = lock.acquire();
                  next = beginsAgain ? waiting.flink() : next;
                }
                entry = next;
              }
              lock.release(irql);
              complete(dev, cleanup, STATUS_SUCCESS);
              return STATUS_SUCCESS;
            });
    IoManager io = device.io();
    FileObject file = new FileObject("file", device);
    io.request(file, IRP_MJ_READ);
    Irp second = io.request(file, IRP_MJ_READ);
    Irp cleanup = io.buildRequest(file, IRP_MJ_CLEANUP);
    machine.startThread("Cleanup", () -> io.callDriver(device, cleanup));
    machine.startThread("Cancel", () -> io.cancelIrp(second));
  }

  // an IRP moves from one queue to another

  void moves(Machine machine, boolean ownsItFirst) {
    DeviceObject device = device(machine, this::readIntoList);
    Irp read = device.io().request(new FileObject("file", device), IRP_MJ_READ);
    machine.startThread("Cancel", () -> device.io().cancelIrp(read));
    machine.startThread(
        "Move",
        () -> {
          Irql irql = lock.acquire();
          Irp cancelled = null;
          if (!waiting.isEmpty() && (!ownsItFirst || read.setCancelRoutine(null) != null)) {
            read.listEntry().removeEntry();
            active.insertTail(read.listEntry());
            if (ownsItFirst) {
              cancelled = armed(read) ? read : null;
            } else {
              read.setCancelRoutine(this::cancel);
            }
          }
          lock.release(irql);
          if (cancelled != null) {
            complete(device, cancelled, STATUS_CANCELLED);
          }
        });
  }

  // the maker of an IRP frees it when its completion routine has told him

  void sendsAndFrees(Machine machine, NtStatus answer) {
    csq.initialize(new FifoCallbacks("Queue"));
    DeviceObject device = device(machine, this::readIntoCsq);
    KEvent done = new KEvent("Done", NOTIFICATION_EVENT, false);
    Irp irp = device.io().allocateIrp(device.stackSize());
    irp.nextStackLocation().setMajorFunction(IRP_MJ_READ);
    irp.setCompletionRoutine(
        (own, mine, context) -> {
          done.set();
          return answer;
        },
        null,
        true,
        true,
        true);
    machine.startThread(
        "Maker",
        () -> {
          device.io().callDriver(device, irp);
          if (!done.waitForSingleObject(SOON)) {
            device.io().cancelIrp(irp);
            done.waitForSingleObject();
          }
          device.io().freeIrp(irp);
        });
    machine.startThread("Serve", () -> serve(device));
  }

  // a request with a timeout, whose completion routine frees the IRP: who comes second frees it

  void timedRequest(Machine machine, boolean counts) {
    csq.initialize(new FifoCallbacks("Queue"));
    DeviceObject device = device(machine, this::readIntoCsq);
    IoManager io = device.io();
    InterlockedLong state = new InterlockedLong("IrpLock", 0); // cancelable, cancel started, cancel complete, completed
    KEvent done = new KEvent("Done", NOTIFICATION_EVENT, false);
    Irp irp = io.allocateIrp(device.stackSize());
    irp.nextStackLocation().setMajorFunction(IRP_MJ_READ);
    irp.setCompletionRoutine(
        (own, mine, context) -> {
          done.set();
          if (!counts || state.exchange(3) != 1) {
            io.freeIrp(mine);
          }
          return STATUS_MORE_PROCESSING_REQUIRED;
        },
        null,
        true,
        true,
        true);
    machine.startThread(
        "Sender",
        () -> {
          if (io.callDriver(device, irp).equals(STATUS_PENDING) && !done.waitForSingleObject(SOON)) {
            if (!counts) {
              io.cancelIrp(irp);
            } else if (state.exchange(1) == 0) {
              io.cancelIrp(irp);
              if (state.exchange(2) == 3) {
                io.freeIrp(irp);
              }
            }
            done.waitForSingleObject();
          }
        });
    machine.startThread("Serve", () -> serve(device));
  }

  // an event is no counter

  void worker(Machine machine, boolean drains) {
    csq.initialize(new FifoCallbacks("Queue"));
    KEvent work = new KEvent("Work", SYNCHRONIZATION_EVENT, false);
    DeviceObject device =
        device(
            machine,
            (dev, irp) -> {
              csq.insertIrp(irp, null);
              work.set();
              return STATUS_PENDING;
            });
    FileObject file = new FileObject("file", device);
    Irp first = device.io().buildRequest(file, IRP_MJ_READ);
    Irp second = device.io().buildRequest(file, IRP_MJ_READ);
    machine.startThread(
        "Reader",
        () -> {
          device.io().callDriver(device, first);
          device.io().callDriver(device, second);
        });
    machine.startThread(
        "Worker",
        () -> {
          for (int served = 0; served < 2; ) {
            work.waitForSingleObject();
            Irp irp;
            do {
              irp = csq.removeNextIrp(null);
              if (irp != null) {
                complete(device, irp, STATUS_SUCCESS);
                served++;
              }
            } while (drains && irp != null);
          }
        });
  }
}
