package org.cancelsafe.examples.samples;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_DELETE_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;

import java.util.function.Function;
import org.cancelsafe.csq.CsqCallbacksEx;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KThread;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.examples.drivers.Expect;
import org.cancelsafe.examples.drivers.UnlockedCallbacks;
import org.cancelsafe.hunter.scenario.Scenario.Model;
import org.jspecify.annotations.Nullable;

/**
 * S-4, after filesys/miniFilter/cancelSafe: a cancel-safe queue under a mutex, and a worker that exists only while
 * there is work. Who inserts into an empty queue counts the flag up, and starts a worker if that made it one. The
 * worker drains the queue with the flag at one, and counts it down when the queue is empty: at zero it ends, otherwise
 * somebody has inserted meanwhile and relied on it, and it goes round again.
 *
 * <p>The mutex may wait, so whoever cancels does it below DISPATCH_LEVEL.
 */
class CancelSafeFilter extends UnlockedCallbacks implements CsqCallbacksEx {
  private static final long DELAY = 10_000_000;

  final IoManager io;
  final IoCsq csq = new IoCsq();
  final InterlockedLong workerFlag = new InterlockedLong("WorkerFlag", 0);

  private final Machine machine;
  private final KEvent mutex = new KEvent("FastMutex", KEvent.Type.SYNCHRONIZATION_EVENT, true);
  private final KEvent teardownEvent = new KEvent("TeardownEvent", KEvent.Type.NOTIFICATION_EVENT, false);
  private final Shared<Boolean> enabled = new Shared<>("enabled", true);
  private final Shared<Integer> length = new Shared<>("length", 0);
  private final DeviceObject device;

  CancelSafeFilter(Machine machine) {
    this.machine = machine;
    io = IoManager.of(machine);
    csq.initializeEx(this);
    DriverObject driver = new DriverObject("cancelSafe").setMajorFunction(IRP_MJ_READ, this::read);
    device = io.createDevice(driver, "filter", this);
  }

  private NtStatus read(DeviceObject device, Irp irp) {
    NtStatus status = csq.insertIrpEx(irp, null, null);
    if (status.isSuccess()) {
      return STATUS_PENDING;
    }
    complete(irp, status);
    return status;
  }

  @Override
  public NtStatus insertIrpEx(IoCsq csq, Irp irp, @Nullable Object insertContext) {
    if (!enabled.get()) {
      return STATUS_DELETE_PENDING;
    }
    boolean wasEmpty = length.get() == 0;
    insertIrp(csq, irp);
    length.set(length.get() + 1);
    if (wasEmpty && workerFlag.increment() == 1) {
      KThread.createSystemThread(machine, "Worker", this::work);
    }
    return STATUS_SUCCESS;
  }

  @Override
  public void removeIrp(IoCsq csq, Irp irp) {
    super.removeIrp(csq, irp);
    length.set(length.get() - 1);
  }

  @Override
  public Irql acquireLock(IoCsq csq) {
    mutex.waitForSingleObject();
    return Ke.getCurrentIrql();
  }

  @Override
  public void releaseLock(IoCsq csq, Irql irql) {
    mutex.set();
  }

  private void work() {
    do {
      teardownEvent.waitForSingleObject(DELAY);
      workerFlag.exchange(1);
      drain(STATUS_SUCCESS);
    } while (!mayEnd());
  }

  /** Whether nobody has relied on the worker since it began to drain. */
  boolean mayEnd() {
    return workerFlag.decrement() == 0;
  }

  private void drain(NtStatus status) {
    for (Irp irp = csq.removeNextIrp(null); irp != null; irp = csq.removeNextIrp(null)) {
      complete(irp, status);
    }
  }

  /** The instance is torn down: nothing gets in any more, and what is in there is cancelled. */
  void tearDown() {
    mutex.waitForSingleObject();
    enabled.set(false);
    mutex.set();
    drain(STATUS_CANCELLED);
    teardownEvent.set();
  }

  private void complete(Irp irp, NtStatus status) {
    irp.setIoStatus(status, 0);
    io.completeRequest(irp);
  }

  /** Two reads, one after the other; the worker may come, and end, at any time. */
  static Model readTwice(Function<Machine, CancelSafeFilter> load) {
    return machine -> {
      CancelSafeFilter filter = load.apply(machine);
      Irp first = filter.newRead();
      Irp second = filter.newRead();
      machine.startThread(
          "Read",
          () -> {
            filter.io.callDriver(filter.device, first);
            filter.io.callDriver(filter.device, second);
          });
      machine.afterwards(() -> Expect.completed(first, second));
    };
  }

  /** A read is cancelled while a worker is on its way. */
  static Model readAndCancel(Function<Machine, CancelSafeFilter> load) {
    return machine -> {
      CancelSafeFilter filter = load.apply(machine);
      Irp read = filter.newRead();
      machine.startThread("Read", () -> filter.io.callDriver(filter.device, read));
      machine.startThread("Cancel", () -> filter.io.cancelIrp(read));
      machine.afterwards(() -> Expect.completed(read));
    };
  }

  /** A read comes while the instance is torn down. */
  static Model readAndTearDown(Function<Machine, CancelSafeFilter> load) {
    return machine -> {
      CancelSafeFilter filter = load.apply(machine);
      Irp read = filter.newRead();
      machine.startThread("Read", () -> filter.io.callDriver(filter.device, read));
      machine.startThread("Teardown", filter::tearDown);
      machine.afterwards(() -> Expect.completed(read));
    };
  }

  private Irp newRead() {
    return io.buildRequest(new FileObject("file", device), IRP_MJ_READ);
  }
}
