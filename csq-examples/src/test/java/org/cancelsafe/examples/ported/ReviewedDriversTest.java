package org.cancelsafe.examples.ported;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_DEVICE_NOT_READY;
import static org.cancelsafe.emu.io.NtStatus.STATUS_IO_DEVICE_ERROR;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.csq.FifoCallbacks;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverDispatch;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.IoWorkItem;
import org.cancelsafe.emu.io.IoWorkItemRoutine;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.io.WorkQueueType;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KInterrupt;
import org.cancelsafe.emu.ke.KSemaphore;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.KStatus;
import org.cancelsafe.emu.ke.KThread;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.ke.WaitType;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.examples.drivers.Expect;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What comes up in code reviews of drivers: a design that looks wrong and is right, and the one beside that is not. */
class ReviewedDriversTest {
  private static final long SOON = -10_000;

  private static Report hunt(Scenario.Model model) {
    return Hunter.explore(Scenario.named("review").processors(2).model(model));
  }

  private static void assertSafe(Scenario.Model model) {
    Report report = hunt(model);
    assertEquals(Verdict.VERIFIED, report.verdict(), () -> ReportText.of(report));
  }

  private static void assertFinds(String rule, Scenario.Model model) {
    Report report = hunt(model);
    assertEquals(rule, report.rule(), () -> ReportText.of(report));
  }

  private static NtStatus complete(Irp irp, NtStatus status) {
    irp.setIoStatus(status, 0);
    irp.io().completeRequest(irp);
    return status;
  }

  private static DeviceObject reader(Machine machine, String name, DriverDispatch read) {
    return IoManager.of(machine)
        .createDevice(new DriverObject(name).setMajorFunction(IRP_MJ_READ, read), name, null);
  }

  private static Irp read(DeviceObject device) {
    return device.io().buildRequest(new FileObject("file", device), IRP_MJ_READ);
  }

  /** One work item for any number of interrupts: whoever sets the flag queues it, and its routine clears the flag. */
  @Test
  void theFlagOfAWorkItemIsClearedBeforeTheWorkIsLookedAt() {
    assertSafe(machine -> workItem(machine, true));
    assertFinds("AssertionFailed", machine -> workItem(machine, false));
  }

  private static void workItem(Machine machine, boolean clearsFirst) {
    InterlockedLong queued = new InterlockedLong("queued", 0);
    InterlockedLong work = new InterlockedLong("work", 0);
    DeviceObject device = reader(machine, "device", (own, irp) -> complete(irp, STATUS_SUCCESS));
    IoWorkItem item = device.allocateWorkItem();
    Expect.that(item != null, "no work item");
    IoWorkItemRoutine routine =
        (own, context) -> {
          if (clearsFirst) {
            queued.write(0);
          }
          work.exchange(0);
          if (!clearsFirst) {
            queued.write(0);
          }
        };
    for (int i = 0; i < 2; i++) {
      machine.startThread(
          "Source" + i,
          () -> {
            work.increment();
            if (queued.exchange(1) == 0) {
              item.queue(routine, WorkQueueType.DELAYED_WORK_QUEUE, null);
            }
          });
    }
    machine.afterwards(() -> Expect.that(work.read() == 0, "work is left, and nobody will do it"));
  }

  /** Both objects are signaled, and the wait tells of the first: the queue is served all the same. */
  @Test
  void whoIsToldToStopServesTheQueueOnceMore() {
    assertSafe(machine -> worker(machine, true));
    assertFinds("CancelledIrpNotCompleted", machine -> worker(machine, false));
  }

  private static void worker(Machine machine, boolean drains) {
    KEvent stop = new KEvent("stop", KEvent.Type.NOTIFICATION_EVENT, false);
    KSemaphore work = new KSemaphore("work", 0, 100);
    KSpinLock lock = new KSpinLock("lock");
    ListEntry queue = new ListEntry("queue");
    Shared<Boolean> stopped = new Shared<>("stopped", false);
    DeviceObject device =
        reader(
            machine,
            "device",
            (own, irp) -> {
              Irql old = lock.acquire();
              if (stopped.get()) {
                lock.release(old);
                return complete(irp, STATUS_DEVICE_NOT_READY);
              }
              irp.markPending();
              queue.insertTail(irp.listEntry());
              lock.release(old);
              work.release(1);
              return STATUS_PENDING;
            });
    KThread.createSystemThread(
        machine,
        "Worker",
        () -> {
          boolean stops = false;
          while (!stops) {
            stops = Ke.waitForMultipleObjects(List.of(stop, work), WaitType.WAIT_ANY).equals(KStatus.STATUS_WAIT_0);
            Irp irp = stops && !drains ? null : next(lock, queue, stopped, stops);
            while (irp != null) {
              complete(irp, STATUS_SUCCESS);
              irp = next(lock, queue, stopped, stops);
            }
          }
        });
    Irp read = read(device);
    machine.startThread("Read", () -> device.io().callDriver(device, read));
    machine.startThread("Unload", stop::set);
  }

  private static @Nullable Irp next(KSpinLock lock, ListEntry queue, Shared<Boolean> stopped, boolean stops) {
    Irql old = lock.acquire();
    if (stops) {
      stopped.set(true);
    }
    Irp irp = queue.isEmpty() ? null : Irp.fromListEntry(queue.removeHead());
    lock.release(old);
    return irp;
  }

  /** A request is done when it was sent and acknowledged, in whichever order the two are told. */
  @Test
  void theLastOfTwoCompletesTheIrp() {
    assertSafe(machine -> sentAndAcknowledged(machine, true));
    assertFinds("DoubleCompletion", machine -> sentAndAcknowledged(machine, false));
  }

  private static void sentAndAcknowledged(Machine machine, boolean looksAtItsOwn) {
    InterlockedLong left = new InterlockedLong("left", 2);
    DeviceObject device =
        reader(
            machine,
            "device",
            (own, irp) -> {
              irp.markPending();
              return STATUS_PENDING;
            });
    Irp irp = device.io().request(new FileObject("file", device), IRP_MJ_READ);
    for (String name : List.of("SentDpc", "AcknowledgedDpc")) {
      KDpc dpc =
          new KDpc(
              name,
              (self, context, one, two) -> {
                long now = left.decrement();
                if ((looksAtItsOwn ? now : left.read()) == 0) {
                  complete(irp, STATUS_SUCCESS);
                }
              },
              null);
      machine.startThread("Queue" + name, () -> dpc.insertQueue(null, null));
    }
  }

  /**
   * The hardware has the IRP, and the cancel routine only asks for it. So the DPC completes it without the routine's
   * leave; but what the cancel routine still reads of the IRP it reads under the cancel spin lock.
   */
  @Test
  void theDpcWaitsForTheCancelSpinLockToBeReleased() {
    assertSafe(machine -> abort(machine, true));
    assertFinds("IrpTouchedAfterCompletion", machine -> abort(machine, false));
  }

  private static void abort(Machine machine, boolean waits) {
    IoManager io = IoManager.of(machine);
    InterlockedLong abort = new InterlockedLong("Abort", 0);
    DeviceObject device =
        reader(
            machine,
            "device",
            (own, irp) -> {
              irp.markPending();
              irp.setCancelRoutine(
                  (unused, cancelled) -> {
                    io.releaseCancelSpinLock(cancelled.cancelIrql());
                    abort.write(1);
                  });
              return STATUS_PENDING;
            });
    Irp irp = io.request(new FileObject("file", device), IRP_MJ_READ);
    KDpc dpc =
        new KDpc(
            "DoneDpc",
            (self, context, one, two) -> {
              boolean cancelled = irp.setCancelRoutine(null) == null;
              if (cancelled && waits) {
                io.releaseCancelSpinLock(io.acquireCancelSpinLock());
              }
              complete(irp, cancelled ? STATUS_CANCELLED : STATUS_SUCCESS);
            },
            null);
    machine.startThread("Hardware", () -> dpc.insertQueue(null, null));
    machine.startThread("Cancel", () -> io.cancelIrp(irp));
  }

  /** KeCancelTimer says TRUE to who has kept the DPC from running; of a periodic timer, always. */
  @Test
  void whoCancelsATimerHasItsReferenceUnlessItIsPeriodic() {
    assertSafe(machine -> referenceOfTheTimer(machine, 0));
    assertFinds("AssertionFailed", machine -> referenceOfTheTimer(machine, 10));
  }

  private static void referenceOfTheTimer(Machine machine, int period) {
    InterlockedLong references = new InterlockedLong("references", 2);
    Runnable dereference = () -> Expect.that(references.decrement() >= 0, "dereferenced after it was freed");
    KTimer timer = new KTimer("Timeout");
    timer.setEx(SOON, period, new KDpc("TimeoutDpc", (self, context, one, two) -> dereference.run(), null));
    machine.startThread(
        "Complete",
        () -> {
          if (timer.cancel()) {
            dereference.run();
          }
          dereference.run();
        });
  }

  /** No lock is shared by who holds a request back and who lets the held ones go: each looks again behind the other. */
  @Test
  void heldBackUntilTheDeviceHasPower() {
    assertSafe(machine -> powerUp(machine, true));
    assertFinds("AssertionFailed", machine -> powerUp(machine, false));
  }

  private static void powerUp(Machine machine, boolean looksAgain) {
    IoCsq held = new IoCsq();
    held.initialize(new FifoCallbacks("held"));
    InterlockedLong powered = new InterlockedLong("D0", 0);
    DeviceObject device =
        reader(
            machine,
            "device",
            (own, irp) -> {
              if (powered.read() == 1) {
                return complete(irp, STATUS_SUCCESS);
              }
              held.insertIrp(irp, null);
              if (looksAgain && powered.read() == 1) {
                letGo(held);
              }
              return STATUS_PENDING;
            });
    Irp irp = read(device);
    machine.startThread("Read", () -> device.io().callDriver(device, irp));
    machine.startThread(
        "PowerUp",
        () -> {
          powered.write(1);
          letGo(held);
        });
    machine.afterwards(() -> Expect.that(irp.userIosb().status() != null, "held, though the device has power"));
  }

  private static void letGo(IoCsq held) {
    for (Irp irp = held.removeNextIrp(null); irp != null; irp = held.removeNextIrp(null)) {
      complete(irp, STATUS_SUCCESS);
    }
  }

  /** A plain flag, and no interlocked operation: its writer excludes the interrupt service routine. */
  @Test
  void theRegistersAreUnmappedWhenTheInterruptRoutineKnows() {
    assertSafe(machine -> surpriseRemoval(machine, true));
    assertFinds("DataRace", machine -> surpriseRemoval(machine, false));
  }

  private static void surpriseRemoval(Machine machine, boolean excludes) {
    Shared<Boolean> gone = new Shared<>("gone", false);
    InterlockedLong mapped = new InterlockedLong("mapped", 1);
    KInterrupt interrupt =
        KInterrupt.named("device")
            .irql(Irql.DIRQL_5)
            .serviceRoutine(
                (self, context) -> {
                  if (gone.get()) {
                    return false;
                  }
                  Expect.that(mapped.read() == 1, "the registers are not mapped any more");
                  return true;
                },
                null)
            .build();
    Expect.that(IoManager.of(machine).connectInterrupt(interrupt).isSuccess(), "not connected");
    machine.startHardware("hardware", interrupt::assertInterrupt);
    machine.startThread(
        "SurpriseRemoval",
        () -> {
          if (excludes) {
            interrupt.synchronizeExecution(
                context -> {
                  gone.set(true);
                  return true;
                },
                null);
          } else {
            gone.set(true);
          }
          mapped.write(0);
        });
  }

  /** The master's status is written by each half; the I/O manager completes the master after the last. */
  @Test
  void theMasterKeepsTheErrorOfItsHalves() {
    assertSafe(machine -> halves(machine, true));
    assertFinds("AssertionFailed", machine -> halves(machine, false));
  }

  private static void halves(Machine machine, boolean keepsErrors) {
    List<Irp> below = new ArrayList<>();
    DeviceObject lower =
        reader(
            machine,
            "lower",
            (own, irp) -> {
              irp.markPending();
              below.add(irp);
              return STATUS_PENDING;
            });
    KSpinLock lock = new KSpinLock("StatusLock");
    DeviceObject upper =
        reader(
            machine,
            "upper",
            (own, master) -> {
              master.markPending();
              master.setIoStatus(STATUS_SUCCESS, 0);
              List<Irp> halves = new ArrayList<>();
              for (int i = 0; i < 2; i++) {
                Irp half = master.makeAssociatedIrp(lower.stackSize());
                Expect.that(half != null, "no IRP");
                half.nextStackLocation().setMajorFunction(IRP_MJ_READ);
                half.setCompletionRoutine(
                    (device, done, context) -> {
                      Irql old = lock.acquire();
                      if (!keepsErrors || !done.status().isSuccess()) {
                        master.setIoStatus(done.status(), 0);
                      }
                      lock.release(old);
                      return NtStatus.STATUS_CONTINUE_COMPLETION;
                    },
                    null,
                    true,
                    true,
                    true);
                halves.add(half);
              }
              halves.forEach(half -> half.io().callDriver(lower, half));
              return STATUS_PENDING;
            });
    Irp read = upper.io().request(new FileObject("file", upper), IRP_MJ_READ);
    machine.startThread("First", () -> complete(below.get(0), STATUS_IO_DEVICE_ERROR));
    machine.startThread("Second", () -> complete(below.get(1), STATUS_SUCCESS));
    machine.afterwards(
        () -> Expect.that(STATUS_IO_DEVICE_ERROR.equals(read.userIosb().status()), "the error of a half is lost"));
  }
}
