package org.cancelsafe.examples.systems;

import static java.util.Objects.requireNonNull;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.cancelsafe.emu.ex.Ex;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KInterrupt;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/** A DMA device that takes requests as fast as they come: a work queue, a done queue, and an ISR between them. */
@AutoService(CatalogueEntry.class)
public final class ExtremeDma implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("extreme-dma", Family.DESIGNS, "Work queue and done queue of a DMA device")
        .text(
            """
            The dispatch routine puts requests into a work queue. The interrupt service routine moves those that the
            device has finished to a done queue, and the DpcForIsr completes what is there. All of them use interlocked
            list routines, which work at any IRQL. Their lock must be nobody else's: the system calls the service
            routine with the interrupt's spin lock held, and a list routine that is passed that one spins for a lock
            that its caller holds.""")
        .mistake(ExtremeDma.class, "underTheInterruptsLock")
        .correction(ExtremeDma.class, "withALockOfItsOwn")
        .correction(Driver.class);
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("extreme-dma.broken")
            .about("the interrupt's spin lock is the done queue's lock")
            .expectingRace("SpinLock")
            .processors(2)
            .model(machine -> run(machine, underTheInterruptsLock(), 1)),
        Scenario.named("extreme-dma.fixed")
            .about("the lists have locks of their own; one read, two processors")
            .processors(2)
            .model(machine -> run(machine, withALockOfItsOwn(), 1)),
        Scenario.named("extreme-dma.fixed-one-processor")
            .about("the lists have locks of their own; two reads, one processor")
            .processors(1)
            .model(machine -> run(machine, withALockOfItsOwn(), 2)));
  }

  private static Driver underTheInterruptsLock() {
    KSpinLock interruptLock = new KSpinLock("interrupt lock");
    return new Driver(interruptLock, interruptLock);
  }

  private static Driver withALockOfItsOwn() {
    return new Driver(new KSpinLock("interrupt lock"), new KSpinLock("done lock"));
  }

  private static final class Driver {
    private final ListEntry workQueue = new ListEntry("work");
    private final KSpinLock workLock = new KSpinLock("work lock");
    private final ListEntry doneQueue = new ListEntry("done");
    private final KSpinLock doneLock;
    private final KInterrupt interrupt;
    private final InterlockedLong finished = new InterlockedLong("finished", 0);
    private final AtomicReference<@Nullable DeviceObject> device = new AtomicReference<>();

    Driver(KSpinLock interruptLock, KSpinLock doneLock) {
      this.doneLock = doneLock;
      this.interrupt =
          KInterrupt.named("dma")
              .irql(Irql.DIRQL_5)
              .spinLock(interruptLock)
              .serviceRoutine((own, context) -> service(), null)
              .build();
    }

    void addDevice(DeviceObject own) {
      device.set(own);
      own.initializeDpcRequest((dpc, same, irp, context) -> dpcForIsr());
      own.io().connectInterrupt(interrupt);
    }

    NtStatus read(DeviceObject own, Irp irp) {
      irp.markPending();
      Ex.interlockedInsertTailList(workQueue, irp.listEntry(), workLock);
      own.deviceExtension(Machine.class).startHardware("transfer", this::transferred);
      return STATUS_PENDING;
    }

    /** The device's side: it counts in a register what it has finished. */
    private void transferred() {
      finished.increment();
      interrupt.assertInterrupt();
    }

    private boolean service() {
      long count = finished.exchange(0);
      for (long n = 0; n < count; n++) {
        ListEntry entry = requireNonNull(Ex.interlockedRemoveHeadList(workQueue, workLock));
        Ex.interlockedInsertTailList(doneQueue, entry, doneLock);
      }
      requireNonNull(device.get()).requestDpc(null, null);
      return count > 0;
    }

    private void dpcForIsr() {
      ListEntry done = Ex.interlockedRemoveHeadList(doneQueue, doneLock);
      while (done != null) {
        Irp irp = Irp.fromListEntry(done);
        irp.setIoStatus(STATUS_SUCCESS, 0);
        irp.io().completeRequest(irp);
        done = Ex.interlockedRemoveHeadList(doneQueue, doneLock);
      }
    }
  }

  private static void run(Machine machine, Driver driver, int reads) {
    IoManager io = IoManager.of(machine);
    DeviceObject device =
        io.createDevice(new DriverObject("dma").setMajorFunction(IRP_MJ_READ, driver::read), "dma", machine);
    driver.addDevice(device);
    FileObject file = new FileObject("file", device);
    for (int n = 1; n <= reads; n++) {
      machine.startThread("Read" + n, () -> io.request(file, IRP_MJ_READ));
    }
  }
}
