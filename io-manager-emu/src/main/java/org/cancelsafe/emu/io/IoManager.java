package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.ke.KInterrupt;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.machine.Stepping;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/** The I/O manager of a machine: {@code IoXxx} routines that have no other receiver. */
public final class IoManager {
  private final Machine machine;
  private final boolean verifies;
  private final CancelSpinLock cancelSpinLock = new CancelSpinLock();
  private final AtomicInteger irps = new AtomicInteger();
  private final Set<Irp> pended = ConcurrentHashMap.newKeySet();
  private final IrpLookaside lookaside;

  private IoManager(Machine machine) {
    this.machine = machine;
    this.verifies = machine.verifies();
    this.lookaside = new IrpLookaside(machine);
    if (verifies) {
      machine.addRundown(new IrpRundown(this, pended));
    }
  }

  /** The I/O manager of this machine. */
  public static IoManager of(Machine machine) {
    return machine.component(IoManager.class, IoManager::new);
  }

  /** The machine this manages the I/O of. */
  public Machine machine() {
    return machine;
  }

  // making IRPs

  /**
   * {@code IoCreateDevice}: a device of this driver, whose IRPs need one stack location.
   *
   * @param extension the device extension
   */
  public DeviceObject createDevice(DriverObject driver, String name, @Nullable Object extension) {
    return new DeviceObject(this, name, driver, extension);
  }

  /**
   * {@code IoCreateDevice} and {@code IoAttachDeviceToDeviceStack}: a device on top of another one's stack, whose IRPs
   * need one stack location more.
   */
  public DeviceObject attachDevice(DriverObject driver, String name, @Nullable Object extension, DeviceObject lower) {
    DeviceObject device = createDevice(driver, name, extension);
    device.attachDeviceToDeviceStack(lower);
    return device;
  }

  /**
   * {@code IoAllocateIrp}: an IRP of the caller's own.
   *
   * <p>IRQL: at most DISPATCH_LEVEL.
   *
   * @param stackSize how many stack locations it has
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioallocateirp">IoAllocateIrp</a>
   */
  public Irp allocateIrp(int stackSize) {
    if (stackSize < 1) {
      throw new IllegalArgumentException("an IRP has at least one stack location, not " + stackSize);
    }
    Irp recycled = lookaside.take(stackSize);
    return recycled != null ? recycled : new Irp(this, irps.incrementAndGet(), stackSize);
  }

  /**
   * Has so many freed IRPs kept for the next {@link #allocateIrp}, as the I/O manager's lookaside lists do. It shows
   * bugs in which a pointer to a freed IRP equals the one to a new request (ABA). None are kept unless this is called:
   * while its memory is not in use again, touching a freed IRP is {@code 0xCC}.
   *
   * @param depth how many; 0 for none
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/using-lookaside-lists">Using lookaside
   *     lists</a>
   */
  public void setIrpLookasideDepth(int depth) {
    if (depth < 0) {
      throw new IllegalArgumentException("a lookaside list keeps 0 or more IRPs, not " + depth);
    }
    lookaside.setDepth(depth);
  }

  /**
   * What {@code NtReadFile} and its like do first: makes the IRP that asks this of the file's device. Send it with
   * {@link #callDriver}; how it ended is in its {@link Irp#userIosb()}.
   */
  public Irp buildRequest(FileObject file, MajorFunction major) {
    Irp irp = allocateIrp(file.deviceObject().stackSize());
    IoStackLocation next = irp.nextStackLocation();
    next.setMajorFunction(major);
    next.setFileObject(file);
    return irp;
  }

  /** Makes a request of this kind and sends it to the file's device; returns the IRP. */
  public Irp request(FileObject file, MajorFunction major) {
    Irp irp = buildRequest(file, major);
    callDriver(file.deviceObject(), irp);
    return irp;
  }

  // sending and completing

  /**
   * {@code IoCallDriver}: sends an IRP to a device.
   *
   * <p>IRQL: at most DISPATCH_LEVEL. Bug checks: {@code 0x35} without a stack location left; {@code 0xC9/0x10} above
   * DISPATCH_LEVEL; {@code 0xC9/0x203} with a cancel routine set; {@code 0xC9/0x05} when the dispatch routine returns at
   * another IRQL; {@code 0xC4/0x40009} when it returns with a spin lock held; {@code 0xC9/0x226}, {@code 0x23D},
   * {@code 0x23E}, {@code 0x224} when what it returns does not fit what it did with the IRP.
   *
   * @return what the dispatch routine returned
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iocalldriver">IoCallDriver</a>
   */
  public NtStatus callDriver(DeviceObject device, Irp irp) {
    Activity self = Activity.current();
    machine.note(StepKind.CALL_DRIVER, irp, device);
    if (verifies) {
      if (self.irql().isAbove(DISPATCH_LEVEL)) {
        throw Rule.CALL_DRIVER_ABOVE_DISPATCH.violated(
            machine, irp + " is sent to " + device + " at " + self.irql(), irp, self.irql().level());
      }
      if (irp.hasCancelRoutine()) {
        throw Rule.FORWARD_WITH_CANCEL_ROUTINE.violated(
            machine, irp + " is sent to " + device + " with a cancel routine set", irp);
      }
      irp.markForwarded();
    }
    irp.setNextStackLocation();
    IoStackLocation location = irp.currentStackLocation();
    location.setDeviceObject(device);
    DriverDispatch dispatch = device.driverObject().majorFunction(location.majorFunction());
    if (!verifies) {
      return dispatch.dispatch(device, irp);
    }
    DispatchCheck check = new DispatchCheck(self, device, irp, location.check());
    location.setCheck(check);
    NtStatus status = dispatch.dispatch(device, irp);
    check.returned(status);
    return status;
  }

  /**
   * {@code IoCompleteRequest} with IO_NO_INCREMENT: says that this driver is done with an IRP, and walks up through the
   * completion routines of the drivers above.
   *
   * <p>IRQL: at most DISPATCH_LEVEL. Locks: none held. Bug checks: {@code 0x44} for an IRP that was completed;
   * {@code 0xC9/0x06} with STATUS_PENDING or -1; {@code 0xC9/0x07} with a cancel routine set; {@code 0xC9/0x0E} above
   * DISPATCH_LEVEL; {@code 0xC4/0xFA} when a completion routine returns at another IRQL.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iocompleterequest">
   *     IoCompleteRequest</a>
   */
  public void completeRequest(Irp irp) {
    machine.step(StepKind.COMPLETE, irp);
    claim(irp);
    if (verifies) {
      checkCompletion(irp);
    }
    while (irp.hasCurrentLocation()) {
      IoStackLocation done = irp.currentStackLocation();
      IoCompletionRoutine routine = done.completionRoutine();
      Object context = done.context();
      boolean pending = done.isPending();
      boolean told = routine != null && isInvoked(done, irp);
      done.completed(irp.status());
      boolean driverAbove = irp.unwind();
      irp.setPendingReturned(pending);
      if (told && routine != null) {
        if (!driverAbove) {
          backWithItsMaker(irp);
        }
        releaseClaim(irp);
        NtStatus answer = callCompletionRoutine(routine, irp, context);
        if (answer.equals(NtStatus.STATUS_MORE_PROCESSING_REQUIRED)) {
          return;
        }
        claim(irp);
      } else if (pending && driverAbove) {
        irp.currentStackLocation().markPending();
      }
    }
    if (verifies) {
      pended.remove(irp);
    }
    irp.finish();
  }

  /** While one thread completes an IRP, and when it was completed to the top, nobody else completes it. */
  private void claim(Irp irp) {
    IrpWatch watch = irp.watch();
    if (watch == null ? irp.isGone() : !watch.beginCompletion()) {
      Activity first = watch == null ? null : watch.completedBy();
      throw Rule.DOUBLE_COMPLETION.violated(
          machine,
          irp + " is completed by " + Activity.current() + ", and was completed "
              + (first == null ? "before" : "by " + first),
          irp);
    }
  }

  private static void releaseClaim(Irp irp) {
    IrpWatch watch = irp.watch();
    if (watch != null) {
      watch.endCompletion();
    }
  }

  private NtStatus callCompletionRoutine(IoCompletionRoutine routine, Irp irp, @Nullable Object context) {
    Activity self = Activity.current();
    Irql before = self.irql();
    NtStatus answer = routine.completed(irp.currentDevice(), irp, context);
    if (verifies && self.irql() != before) {
      throw Rule.COMPLETION_CHANGED_IRQL.violated(
          machine,
          "the completion routine of " + irp + " returned at " + self.irql() + ", called at " + before,
          routine,
          before.level(),
          self.irql().level());
    }
    return answer;
  }

  private static boolean isInvoked(IoStackLocation location, Irp irp) {
    int when = irp.status().isSuccess() ? IoStackLocation.SL_INVOKE_ON_SUCCESS : IoStackLocation.SL_INVOKE_ON_ERROR;
    if (irp.isCancelSet()) {
      when |= IoStackLocation.SL_INVOKE_ON_CANCEL;
    }
    return (location.control() & when) != 0;
  }

  private void checkCompletion(Irp irp) {
    Irql irql = Activity.current().irql();
    if (irql.isAbove(DISPATCH_LEVEL)) {
      throw Rule.COMPLETE_ABOVE_DISPATCH.violated(machine, irp + " is completed at " + irql, irql.level(), irp);
    }
    NtStatus status = irp.status();
    if (status.equals(NtStatus.STATUS_PENDING) || status.code() == -1) {
      throw Rule.COMPLETE_PENDING_STATUS.violated(machine, irp + " is completed with " + status, irp);
    }
    if (irp.hasCancelRoutine()) {
      throw Rule.COMPLETE_WITH_CANCEL_ROUTINE.violated(
          machine, irp + " is completed while its cancel routine is set", irp);
    }
  }

  /**
   * {@code IoFreeIrp}: frees an IRP that the caller allocated.
   *
   * <p>IRQL: at most DISPATCH_LEVEL. Bug checks: {@code 0xC9/0x20A} while it is queued or has a cancel routine; {@code
   * 0xCC} when it was freed before.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iofreeirp">IoFreeIrp</a>
   */
  public void freeIrp(Irp irp) {
    if (irp.isLinked() || irp.hasCancelRoutine()) {
      throw Rule.FREE_IN_USE.violated(machine, irp + " is freed while it is queued or has a cancel routine", irp);
    }
    machine.step(StepKind.FREE, irp);
    irp.checkNotFreed("IoFreeIrp");
    pended.remove(irp);
    irp.free();
    lookaside.give(irp);
  }

  // cancelling

  /**
   * {@code IoCancelIrp}: asks for an IRP to be cancelled. Under the cancel spin lock it sets {@code Irp->Cancel}, takes
   * the cancel routine and, when there is one, calls it; the routine releases the lock.
   *
   * <p>IRQL: at most DISPATCH_LEVEL. Bug checks: {@code 0x48} for a completed IRP that has a cancel routine; {@code
   * 0x11B} when the routine returns with the lock held; {@code 0xC4/0x40009} with another one held; {@code 0xC8} at
   * another IRQL.
   *
   * @return whether a cancel routine was called
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iocancelirp">IoCancelIrp</a>
   */
  public boolean cancelIrp(Irp irp) {
    Activity self = Activity.current();
    Irql irql = cancelSpinLock.acquireFor(self);
    try {
      irp.setCancel();
      if (callCancelRoutine(self, irp, irql)) {
        return true;
      }
    } catch (Throwable e) {
      releaseAfter(e, irql);
      throw e;
    }
    cancelSpinLock.releaseFor(self, irql);
    return false;
  }

  private void releaseAfter(Throwable thrown, Irql irql) {
    if (cancelSpinLock.isOwnedByCaller()) {
      try {
        releaseCancelSpinLock(irql);
      } catch (Throwable e) {
        thrown.addSuppressed(e);
      }
    }
  }

  /**
   * IoStartPacket's: an IRP that was made cancelable after it was cancelled is cancelled now. The cancel spin lock is
   * held.
   *
   * @param irql what a cancel routine is to release the lock with
   * @return whether a cancel routine was called, and has released the lock
   */
  boolean cancelUnderLock(Irp irp, Irql irql) {
    return irp.cancel() && callCancelRoutine(Activity.current(), irp, irql);
  }

  private boolean callCancelRoutine(Activity self, Irp irp, Irql irql) {
    DriverCancel routine = irp.takeCancelRoutine();
    if (routine == null) {
      return false;
    }
    if (irp.isGone()) {
      throw Rule.CANCEL_STATE.violated(machine, irp + " was completed with a cancel routine set", irp, routine);
    }
    irp.setCancelIrql(irql);
    callCancelRoutine(self, routine, irp, irql);
    return true;
  }

  private void callCancelRoutine(Activity self, DriverCancel routine, Irp irp, Irql callersIrql) {
    if (Stepping.isOn()) {
      machine.note(StepKind.CALL_CANCEL_ROUTINE, irp, "CR");
    }
    DeviceObject device = irp.currentDevice();
    int locksHeld = self.spinLocksHeld() - 1;
    routine.cancel(device, irp);
    if (cancelSpinLock.isOwnedBy(self)) {
      throw Rule.CANCEL_LOCK_HELD.violated(
          machine, "the cancel routine of " + irp + " returned with the cancel spin lock held", irp, routine);
    }
    if (verifies && self.spinLocksHeld() > locksHeld) {
      throw Rule.SPIN_LOCK_HELD_AT_RETURN.violated(
          machine, "the cancel routine of " + irp + " returned with a spin lock held", irp);
    }
    if (verifies && self.irql() != callersIrql) {
      throw Rule.IRQL_UNEXPECTED_VALUE.violated(
          machine,
          "the cancel routine of " + irp + " returned at " + self.irql() + ", and CancelIrql is " + callersIrql,
          self.irql().level() << 16 | callersIrql.level() << 8,
          routine);
    }
  }

  /**
   * {@code IoAcquireCancelSpinLock}: takes the system's cancel spin lock.
   *
   * <p>IRQL: at most DISPATCH_LEVEL on entry, DISPATCH_LEVEL on exit. Bug check: {@code 0xF} when the caller holds it.
   *
   * @return the IRQL on entry, for {@link #releaseCancelSpinLock}
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioacquirecancelspinlock">
   *     IoAcquireCancelSpinLock</a>
   */
  public Irql acquireCancelSpinLock() {
    return cancelSpinLock.acquire();
  }

  /**
   * {@code IoReleaseCancelSpinLock}: gives the system's cancel spin lock back.
   *
   * <p>IRQL: DISPATCH_LEVEL on entry, {@code irql} on exit. Bug check: {@code 0x10} when the caller does not hold it.
   *
   * @param irql what the acquire returned, or, in a cancel routine, {@link Irp#cancelIrql()}
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioreleasecancelspinlock">
   *     IoReleaseCancelSpinLock</a>
   */
  public void releaseCancelSpinLock(Irql irql) {
    cancelSpinLock.release(irql);
  }

  /** How often somebody found the system's cancel spin lock held and had to spin; counted on live machines. */
  public long cancelSpinLockContentions() {
    return cancelSpinLock.contentions();
  }

  boolean verifies() {
    return verifies;
  }

  boolean watchesMemory() {
    return machine.watchesMemory();
  }

  void pended(Irp irp) {
    pended.add(irp);
  }

  void backWithItsMaker(Irp irp) {
    pended.remove(irp);
  }

  /**
   * {@code IoConnectInterrupt}: has an interrupt's service routine called from now on, before this has returned too.
   *
   * <p>IRQL: PASSIVE_LEVEL. Bug check: {@code 0xC4/0x2000B} above.
   *
   * @return STATUS_SUCCESS; STATUS_INVALID_PARAMETER when the interrupt is for no processor of this machine, or its
   *     vector is taken by one that does not share it
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioconnectinterrupt">
   *     IoConnectInterrupt</a>
   */
  public NtStatus connectInterrupt(KInterrupt interrupt) {
    return interrupt.connect() ? NtStatus.STATUS_SUCCESS : NtStatus.STATUS_INVALID_PARAMETER;
  }

  /**
   * {@code IoDisconnectInterrupt}: the service routine is not called any more, nor running, once this has returned.
   *
   * <p>IRQL: PASSIVE_LEVEL. Bug check: {@code 0xC4/0x2000B} above.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iodisconnectinterrupt">
   *     IoDisconnectInterrupt</a>
   */
  public void disconnectInterrupt(KInterrupt interrupt) {
    interrupt.disconnect();
  }
}
