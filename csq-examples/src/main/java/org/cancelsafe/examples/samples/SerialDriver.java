package org.cancelsafe.examples.samples;

import static java.util.Objects.requireNonNull;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.cancelsafe.emu.io.NtStatus.STATUS_TIMEOUT;

import java.util.function.Function;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KInterrupt;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.hunter.scenario.Scenario.Model;
import org.jspecify.annotations.Nullable;

/**
 * S-9, after the serial sample: whoever may complete the current read holds a bit of it. The interrupt service routine
 * has the read's buffer, the cancel routine may be called, the total timer may expire. Whoever wants to complete it
 * drops his own bit, takes from the others what he can take, and drops their bits; with no bit left he completes.
 * Otherwise somebody is on his way, and will be the last.
 */
class SerialDriver {
  static final int ISR = 1;
  static final int CANCEL = 2;
  static final int TOTAL_TIMER = 4;
  private static final long TOTAL_TIME = 10_000_000;

  private final IoManager io;
  private final KSpinLock controlLock = new KSpinLock("ControlLock");
  private final Shared<@Nullable Irp> currentReadIrp = new Shared<>("CurrentReadIrp", null);
  private final Shared<Integer> references = new Shared<>("References", 0);
  private final Shared<@Nullable Irp> isrRead = new Shared<>("ISR's read", null);
  private final KTimer totalTimer = new KTimer("ReadTotalTimer");
  private final KDpc totalTimeoutDpc = new KDpc("TotalTimeoutDpc", (dpc, context, one, two) -> timedOut(), null);
  private final KDpc completeReadDpc = new KDpc("CompleteReadDpc", (dpc, context, one, two) -> received(), null);
  private final KInterrupt interrupt =
      KInterrupt.named("serial").serviceRoutine((self, context) -> serviceInterrupt(), null).build();

  SerialDriver(IoManager io) {
    this.io = io;
  }

  private NtStatus read(DeviceObject device, Irp irp) {
    Irql irql = controlLock.acquire();
    irp.markPending();
    currentReadIrp.set(irp);
    references.set(ISR | CANCEL | TOTAL_TIMER);
    irp.setIoStatus(STATUS_CANCELLED, 0);
    interrupt.synchronizeExecution(
        context -> {
          isrRead.set(irp);
          return true;
        },
        null);
    totalTimer.set(TOTAL_TIME, totalTimeoutDpc);
    irp.setCancelRoutine(this::cancel);
    if (irp.cancel() && irp.setCancelRoutine(null) != null) {
      tryToComplete(irql, CANCEL, STATUS_CANCELLED);
    } else {
      controlLock.release(irql);
    }
    return STATUS_PENDING;
  }

  private boolean serviceInterrupt() {
    if (isrRead.get() == null) {
      return false;
    }
    isrRead.set(null);
    completeReadDpc.insertQueue(null, null);
    return true;
  }

  private void received() {
    tryToComplete(controlLock.acquire(), ISR, STATUS_SUCCESS);
  }

  private void timedOut() {
    tryToComplete(controlLock.acquire(), TOTAL_TIMER, STATUS_TIMEOUT);
  }

  private void cancel(DeviceObject device, Irp irp) {
    io.releaseCancelSpinLock(irp.cancelIrql());
    tryToComplete(controlLock.acquire(), CANCEL, STATUS_CANCELLED);
  }

  /** Called with the control lock held, which it releases. */
  private void tryToComplete(Irql irql, int own, NtStatus status) {
    Irp irp = requireNonNull(currentReadIrp.get());
    drop(own);
    if (holds(ISR) && interrupt.synchronizeExecution(this::takeFromIsr, null)) {
      drop(ISR);
    }
    if (holds(CANCEL) && irp.setCancelRoutine(null) != null) {
      drop(CANCEL);
    }
    if (holds(TOTAL_TIMER) && totalTimer.cancel()) {
      drop(TOTAL_TIMER);
    }
    boolean last = isLast();
    if (last) {
      currentReadIrp.set(null);
    }
    controlLock.release(irql);
    if (last) {
      irp.setIoStatus(status, 0);
      io.completeRequest(irp);
    }
  }

  private boolean takeFromIsr(@Nullable Object context) {
    boolean taken = isrRead.get() != null;
    isrRead.set(null);
    return taken;
  }

  final boolean holds(int bit) {
    return (references.get() & bit) != 0;
  }

  private void drop(int bit) {
    references.set(references.get() & ~bit);
  }

  /** Whether nobody else is on his way. */
  boolean isLast() {
    return references.get() == 0;
  }

  /** A read; the device has data, the timer may expire, and, if so wished, somebody cancels. */
  static Model read(Function<IoManager, SerialDriver> load, boolean cancelled) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      SerialDriver serial = load.apply(io);
      DriverObject driver = new DriverObject("serial").setMajorFunction(IRP_MJ_READ, serial::read);
      DeviceObject device = io.createDevice(driver, "serial0", null);
      Irp irp = io.buildRequest(new FileObject("COM1", device), IRP_MJ_READ);
      io.connectInterrupt(serial.interrupt);
      io.callDriver(device, irp);
      machine.startHardware("uart", serial.interrupt::assertInterrupt);
      if (cancelled) {
        machine.startThread("Cancel", () -> io.cancelIrp(irp));
      }
    };
  }
}
