package org.cancelsafe.examples.systems;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.ex.Ex;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KSemaphore;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.KThread;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/** A floppy controller's driver: a thread for the device, and a timer that turns the motor off. */
@AutoService(CatalogueEntry.class)
public final class FloppyController implements CatalogueEntry {
  private static final long TWO_SECONDS = 20_000_000;

  @Override
  public Story story() {
    return Story.of("floppy", Family.DESIGNS, "A floppy controller's two spin locks")
        .text(
            """
            Two executive spin locks. One is the lock of the interlocked work queue between the dispatch routine and the
            device's thread. The other guards the motor and its timer, which three routines share: dispatch turns the
            motor on and calls the timer off, the thread sets the timer, and the timer's DPC turns the motor off.

            Neither is ever held while the other is taken. Whoever makes the queue's lock an ordinary one, to look at
            the queue and at the motor in one go, has to keep an order between them.""")
        .mistake(NestsItsLocks.class)
        .correction(Driver.class);
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("floppy.broken")
            .about("dispatch holds the motor's lock, the thread the queue's")
            .expectingRace("Deadlock")
            .processors(2)
            .model(machine -> run(machine, new NestsItsLocks())),
        Scenario.named("floppy.fixed")
            .about("dispatch, thread and timer DPC with two locks, never nested")
            .processors(2)
            .model(machine -> run(machine, new Driver())));
  }

  private static class Driver {
    final ListEntry workQueue = new ListEntry("work");
    final KSpinLock queueLock = new KSpinLock("queue lock");
    final KSemaphore queued = new KSemaphore("queued", 0, Integer.MAX_VALUE);
    final KSpinLock motorLock = new KSpinLock("motor lock");
    final Shared<Boolean> motorOn = new Shared<>("motor on", false);
    final KTimer motorTimer = new KTimer("motor timer");
    final KDpc motorOff = new KDpc("motor off", (dpc, context, first, second) -> turnMotorOff(), null);

    NtStatus read(DeviceObject device, Irp irp) {
      irp.markPending();
      Irql irql = motorLock.acquire();
      motorTimer.cancel();
      motorOn.set(true);
      motorLock.release(irql);
      Ex.interlockedInsertTailList(workQueue, irp.listEntry(), queueLock);
      queued.release(1);
      return STATUS_PENDING;
    }

    void deviceThread() {
      while (true) {
        queued.waitForSingleObject();
        Irp irp = dequeue();
        if (irp != null) {
          irp.setIoStatus(STATUS_SUCCESS, 0);
          irp.io().completeRequest(irp);
        }
      }
    }

    @Nullable Irp dequeue() {
      ListEntry entry = Ex.interlockedRemoveHeadList(workQueue, queueLock);
      Irql irql = motorLock.acquire();
      motorTimer.set(TWO_SECONDS, motorOff);
      motorLock.release(irql);
      return entry == null ? null : Irp.fromListEntry(entry);
    }

    private void turnMotorOff() {
      motorLock.acquireAtDpcLevel();
      motorOn.set(false);
      motorLock.releaseFromDpcLevel();
    }
  }

  private static final class NestsItsLocks extends Driver {
    @Override
    NtStatus read(DeviceObject device, Irp irp) {
      irp.markPending();
      Irql irql = motorLock.acquire();
      motorTimer.cancel();
      motorOn.set(true);
      queueLock.acquireAtDpcLevel();
      workQueue.insertTail(irp.listEntry());
      queueLock.releaseFromDpcLevel();
      motorLock.release(irql);
      queued.release(1);
      return STATUS_PENDING;
    }

    @Override
    Irp dequeue() {
      Irql irql = queueLock.acquire();
      ListEntry entry = workQueue.removeHead();
      if (workQueue.isEmpty()) {
        motorLock.acquireAtDpcLevel();
        motorTimer.set(TWO_SECONDS, motorOff);
        motorLock.releaseFromDpcLevel();
      }
      queueLock.release(irql);
      return Irp.fromListEntry(entry);
    }
  }

  private static void run(Machine machine, Driver driver) {
    IoManager io = IoManager.of(machine);
    DeviceObject device =
        io.createDevice(new DriverObject("floppy").setMajorFunction(IRP_MJ_READ, driver::read), "floppy", null);
    FileObject file = new FileObject("file", device);
    KThread.createSystemThread(machine, "Floppy", driver::deviceThread);
    machine.startThread("Read", () -> io.request(file, IRP_MJ_READ));
    machine.startThread("Read2", () -> io.request(file, IRP_MJ_READ));
  }
}
