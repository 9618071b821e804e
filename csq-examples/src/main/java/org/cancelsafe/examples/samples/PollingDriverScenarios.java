package org.cancelsafe.examples.samples;

import static java.util.Objects.requireNonNull;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;

import com.google.auto.service.AutoService;
import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.function.Function;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.examples.drivers.Expect;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/** S-1. */
@AutoService(CatalogueEntry.class)
public final class PollingDriverScenarios implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("S-1", Family.DESIGNS, "A cancel-safe queue, a semaphore, and a thread that polls")
        .text(
            """
            Reads go into a cancel-safe queue, and a system thread serves them. A semaphore counts the inserts;
            because cancelling takes an IRP out without taking from the semaphore, its count is the length of the
            queue plus the IRPs that were cancelled and that the thread has not noticed, and the thread may find
            nothing. A remove lock per file keeps reads out once the file is cleaned up. Unload stops the thread and
            waits for its end. The mistakes are those that it avoids.""")
        .shipped("Windows driver samples, `general/cancel/sys`.")
        .mistake(TakesIrpForGranted.class)
        .mistake(NoRemoveLock.class)
        .mistake(KeepsRemoveLock.class)
        .mistake(DoesNotWait.class)
        .correction(PollingDriver.class, "read")
        .correction(PollingDriver.class, "cleanup")
        .correction(PollingDriver.class, "serve")
        .correction(PollingDriver.class, "stopThread");
  }

  @Override
  public List<Scenario> scenarios() {
    return ImmutableList.of(
        Scenario.named("S-1.broken")
            .about("the thread takes for granted that a counted IRP is there")
            .expectingRace("UnhandledException")
            .model(machine -> readCancelServe(machine, new TakesIrpForGranted(machine))),
        Scenario.named("S-1.fixed")
            .about("read, cancel and the polling thread of general/cancel/sys")
            .model(machine -> readCancelServe(machine, new PollingDriver(machine))),
        Scenario.named("S-1.broken-cleanup")
            .about("no remove lock: a read goes in behind the cleanup's back (T-28)")
            .expectingRace("AssertionFailed")
            .model(machine -> readCancelCleanUp(machine, new NoRemoveLock(machine))),
        Scenario.named("S-1.broken-remove-lock")
            .about("a read that is queued keeps the remove lock (T-30)")
            .expectingRace("Deadlock")
            .model(machine -> readCleanUp(machine, new KeepsRemoveLock(machine))),
        Scenario.named("S-1.fixed-cleanup")
            .about("read and cancel against cleanup with its remove lock")
            .model(machine -> readCancelCleanUp(machine, new PollingDriver(machine))),
        Scenario.named("S-1.broken-unload")
            .about("unload does not wait for the thread's end (T-31)")
            .expectingRace("DataRace")
            .model(machine -> serveUnload(machine, DoesNotWait::new)),
        Scenario.named("S-1.fixed-unload")
            .about("unload while the thread looks for an IRP that was cancelled")
            .model(machine -> serveUnload(machine, PollingDriver::new)),
        Scenario.named("S-1.broken-limit")
            .about("a semaphore with the queue's limit: cancelled IRPs still count (T-39)")
            .expectingRace("UnhandledException")
            .model(machine -> readAfterCancel(machine, new PollingDriver(machine, 1))),
        Scenario.named("S-1.fixed-limit")
            .about("cancelled IRPs still count: the limit is far away")
            .model(machine -> readAfterCancel(machine, new PollingDriver(machine))));
  }

  private static void readCancelServe(Machine machine, PollingDriver driver) {
    Irp irp = driver.newRead(driver.open("file"));
    driver.startThread();
    machine.startThread("Read", () -> driver.send(irp));
    machine.startThread("Cancel", () -> driver.io.cancelIrp(irp));
    machine.afterwards(() -> Expect.completed(irp));
  }

  private static void readCancelCleanUp(Machine machine, PollingDriver driver) {
    FileObject file = driver.open("file");
    Irp queued = driver.newRead(file);
    Irp coming = driver.newRead(file);
    driver.send(queued);
    machine.startThread("Read", () -> driver.send(coming));
    machine.startThread("Cancel", () -> driver.io.cancelIrp(queued));
    machine.startThread("Cleanup", () -> driver.close(file));
    machine.afterwards(() -> Expect.completed(queued, coming));
  }

  private static void readCleanUp(Machine machine, PollingDriver driver) {
    FileObject file = driver.open("file");
    Irp irp = driver.newRead(file);
    machine.startThread("Read", () -> driver.send(irp));
    machine.startThread("Cleanup", () -> driver.close(file));
  }

  private static void serveUnload(Machine machine, Function<Machine, PollingDriver> load) {
    PollingDriver driver = load.apply(machine);
    cancelledInTheQueue(driver);
    driver.startThread();
    machine.startThread("Unload", driver::unload);
  }

  private static void readAfterCancel(Machine machine, PollingDriver driver) {
    cancelledInTheQueue(driver);
    driver.startThread();
    Irp irp = driver.newRead(driver.open("other"));
    machine.startThread("Read", () -> driver.send(irp));
    machine.afterwards(() -> Expect.completed(irp));
  }

  /** The semaphore counts one, and the queue is empty. */
  private static void cancelledInTheQueue(PollingDriver driver) {
    Irp irp = driver.newRead(driver.open("file"));
    driver.send(irp);
    driver.io.cancelIrp(irp);
  }

  private static final class TakesIrpForGranted extends PollingDriver {
    TakesIrpForGranted(Machine machine) {
      super(machine);
    }

    @Override
    void serve(@Nullable Irp irp) {
      complete(requireNonNull(irp), NtStatus.STATUS_SUCCESS);
    }
  }

  private static final class NoRemoveLock extends PollingDriver {
    NoRemoveLock(Machine machine) {
      super(machine);
    }

    @Override
    NtStatus read(DeviceObject device, Irp irp) {
      csq.insertIrp(irp, null);
      irpsQueued.release(1);
      return STATUS_PENDING;
    }

    @Override
    NtStatus cleanup(DeviceObject device, Irp irp) {
      return drain(irp);
    }
  }

  private static final class KeepsRemoveLock extends PollingDriver {
    KeepsRemoveLock(Machine machine) {
      super(machine);
    }

    @Override
    NtStatus read(DeviceObject device, Irp irp) {
      NtStatus status = LockedFiles.lockOf(irp).acquire();
      if (!status.isSuccess()) {
        complete(irp, status);
        return status;
      }
      csq.insertIrp(irp, null);
      irpsQueued.release(1);
      return STATUS_PENDING;
    }
  }

  private static final class DoesNotWait extends PollingDriver {
    DoesNotWait(Machine machine) {
      super(machine);
    }

    @Override
    void stopThread() {
      tellToStop();
      irpsQueued.release(1);
    }
  }
}
