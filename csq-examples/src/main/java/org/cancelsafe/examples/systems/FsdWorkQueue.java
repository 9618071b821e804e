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
import org.cancelsafe.emu.ke.KSemaphore;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.KThread;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/** A file system driver: its dispatch routine hands requests to worker threads through an interlocked work queue. */
@AutoService(CatalogueEntry.class)
public final class FsdWorkQueue implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("fsd-work-queue", Family.DESIGNS, "A file system's interlocked work queue")
        .text(
            """
            The dispatch routine marks a request pending, puts it into the work queue and counts it in a semaphore;
            worker threads wait for the semaphore and take a request out. The queue's lock is passed to interlocked list
            routines and used for nothing else: a worker that takes it with KeAcquireSpinLock has it at DISPATCH_LEVEL,
            with interrupts on, which is another lock. And a request is marked before it is in the queue, where it is a
            worker's.""")
        .mistake(AcquiresTheListsLock.class)
        .mistake(MarksTooLate.class)
        .correction(Driver.class);
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("fsd-work-queue.broken")
            .about("a worker removes with KeAcquireSpinLock and RemoveHeadList")
            .expectingRace("InterlockedListLock")
            .processors(2)
            .model(machine -> run(machine, new AcquiresTheListsLock())),
        Scenario.named("fsd-work-queue.broken-marking")
            .about("the request is marked pending when it is a worker's already")
            .expectingRace("DataRace")
            .processors(2)
            .model(machine -> run(machine, new MarksTooLate())),
        Scenario.named("fsd-work-queue.fixed")
            .about("two workers, two requests, one executive spin lock")
            .processors(2)
            .model(machine -> run(machine, new Driver())));
  }

  private static class Driver {
    final ListEntry workQueue = new ListEntry("work");
    final KSpinLock lock = new KSpinLock("lock");
    final KSemaphore queued = new KSemaphore("queued", 0, Integer.MAX_VALUE);

    NtStatus read(DeviceObject device, Irp irp) {
      irp.markPending();
      enqueue(irp);
      return STATUS_PENDING;
    }

    final void enqueue(Irp irp) {
      Ex.interlockedInsertTailList(workQueue, irp.listEntry(), lock);
      queued.release(1);
    }

    void worker() {
      while (true) {
        queued.waitForSingleObject();
        ListEntry entry = dequeue();
        if (entry != null) {
          Irp irp = Irp.fromListEntry(entry);
          irp.setIoStatus(STATUS_SUCCESS, 0);
          irp.io().completeRequest(irp);
        }
      }
    }

    @Nullable ListEntry dequeue() {
      return Ex.interlockedRemoveHeadList(workQueue, lock);
    }
  }

  private static final class AcquiresTheListsLock extends Driver {
    @Override
    ListEntry dequeue() {
      Irql irql = lock.acquire();
      ListEntry entry = workQueue.removeHead();
      lock.release(irql);
      return entry;
    }
  }

  private static final class MarksTooLate extends Driver {
    @Override
    NtStatus read(DeviceObject device, Irp irp) {
      enqueue(irp);
      irp.markPending();
      return STATUS_PENDING;
    }
  }

  private static void run(Machine machine, Driver driver) {
    IoManager io = IoManager.of(machine);
    DeviceObject device =
        io.createDevice(new DriverObject("fsd").setMajorFunction(IRP_MJ_READ, driver::read), "fsd", null);
    FileObject file = new FileObject("file", device);
    KThread.createSystemThread(machine, "Worker", driver::worker);
    KThread.createSystemThread(machine, "Worker2", driver::worker);
    machine.startThread("Read", () -> io.request(file, IRP_MJ_READ));
    machine.startThread("Read2", () -> io.request(file, IRP_MJ_READ));
  }
}
