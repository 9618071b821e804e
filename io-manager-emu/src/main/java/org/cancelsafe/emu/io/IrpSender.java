package org.cancelsafe.emu.io;

import static java.util.Objects.requireNonNull;
import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;

import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Seam;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/** Sends IRPs down, and completes them up through the drivers that they have come by. */
abstract class IrpSender extends IrpCanceller {
  IrpSender(Machine machine) {
    super(machine);
  }

  /**
   * {@code IoCallDriver}: sends an IRP to a device.
   *
   * <p>IRQL: at most DISPATCH_LEVEL. Bug checks: {@code 0x35} without a stack location left; {@code 0xC9/0x10} above
   * DISPATCH_LEVEL; {@code 0xC9/0x203} with a cancel routine set; {@code 0xC9/0x04} for a device that was deleted;
   * {@code 0xC9/0x05} when the dispatch routine returns at another IRQL; {@code 0xC4/0x40009} when it returns with a
   * spin lock held; {@code 0xC9/0x226}, {@code 0x23D}, {@code 0x23E}, {@code 0x224} when what it returns does not fit
   * what it did with the IRP.
   *
   * @return what the dispatch routine returned; STATUS_PENDING where {@linkplain
   *     org.cancelsafe.emu.machine.ForcePending calls are forced to pend}, and this one is
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iocalldriver">IoCallDriver</a>
   */
  public final NtStatus callDriver(DeviceObject device, Irp irp) {
    return send(device, irp, verifies() && !irp.isNewRequest() && machine().callPends());
  }

  /** The I/O manager's own call, which is not forced to pend. */
  final NtStatus send(DeviceObject device, Irp irp) {
    return send(device, irp, false);
  }

  private NtStatus send(DeviceObject device, Irp irp, boolean forcedToPend) {
    Activity self = Activity.current();
    machine().note(StepKind.CALL_DRIVER, irp, device);
    if (verifies()) {
      checkOnThisMachine(device, irp);
      checkStillThere(device, irp);
      irp.happened(StepKind.CALL_DRIVER, device);
      if (self.irql().isAbove(DISPATCH_LEVEL)) {
        throw Rule.CALL_DRIVER_ABOVE_DISPATCH.violated(
            machine(), "IoCallDriver(" + device + ", " + irp + ") at " + self.irql(), irp, self.irql().level());
      }
      if (irp.hasCancelRoutine()) {
        throw Rule.FORWARD_WITH_CANCEL_ROUTINE.violated(
            machine(), irp + " is sent to " + device + " with a cancel routine set", irp);
      }
      irp.markForwarded();
      irp.sent();
    }
    DispatchCheck caller = verifies() ? irp.currentCheck() : null;
    irp.setNextStackLocation();
    IoStackLocation location = irp.currentStackLocation();
    location.setDeviceObject(device);
    DriverDispatch dispatch = device.driverObject().majorFunction(location.majorFunction());
    if (!verifies()) {
      return dispatch.dispatch(device, irp);
    }
    DispatchCheck check = new DispatchCheck(self, device, irp, location.check(), caller);
    location.setCheck(check);
    if (forcedToPend) {
      check.holdBack();
    }
    NtStatus status = dispatch.dispatch(device, irp);
    check.returned(status);
    NtStatus answer = check.isHeldBack() ? completeLater(irp) : status;
    if (caller != null && answer.equals(NtStatus.STATUS_PENDING)) {
      caller.lowerDriverPends();
    }
    return answer;
  }

  /**
   * The driver below is done, and its caller is to see the IRP pend. Meanwhile that finds in IoStatus what is there
   * while nobody has completed the IRP.
   */
  private NtStatus completeLater(Irp irp) {
    irp.currentStackLocation().markPending();
    NtStatus status = irp.status();
    long information = irp.information();
    irp.setIoStatus(NtStatus.STATUS_PENDING, 0);
    machine()
        .startThread(
            "worker",
            () -> {
              irp.step(StepKind.COMPLETE_LATER, null);
              irp.setIoStatus(status, information);
              unwind(irp);
            });
    return NtStatus.STATUS_PENDING;
  }

  private void checkOnThisMachine(DeviceObject device, Irp irp) {
    if (device.io() != this || irp.io() != this) {
      throw new IllegalArgumentException(
          irp + " is sent to " + device + " on this machine, but " + (irp.io() != this ? irp : device)
              + " was made on another one");
    }
  }

  /** A device that a file is open of is there; one that a driver passes an IRP on to may have gone. */
  private void checkStillThere(DeviceObject device, Irp irp) {
    if (isKeptByItsFile(irp)) {
      return;
    }
    device.usedByDriver();
    if (device.isDeleted()) {
      throw Rule.CALL_DELETED_DEVICE.violated(
          machine(),
          "IoCallDriver(" + device + ", " + irp + "): the device was deleted by IoDeleteDevice",
          device,
          irp);
    }
  }

  private static boolean isKeptByItsFile(Irp irp) {
    if (irp.wasSent() || irp.hasCurrentLocation() || !irp.hasNextStackLocation()) {
      return false;
    }
    FileObject file = irp.nextStackLocation().fileObject();
    return file != null && file.keepsDevice();
  }

  /**
   * {@code IoForwardIrpSynchronously}: copies the current stack location to the next, sends the IRP, and waits until
   * the drivers below are done; the caller has it again, and completes it.
   *
   * <p>IRQL: at most APC_LEVEL.
   *
   * @return false, and nothing done, when there is no stack location for the next driver
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioforwardirpsynchronously">
   *     IoForwardIrpSynchronously</a>
   */
  public final boolean forwardIrpSynchronously(DeviceObject device, Irp irp) {
    if (!irp.hasNextStackLocation()) {
      return false;
    }
    irp.copyCurrentStackLocationToNext();
    requests().sendAndWait(device, irp);
    return true;
  }

  /** {@code IoCompleteRequest}, with a boost of the requesting thread's priority, of which nothing is seen here. */
  public final void completeRequest(Irp irp, int priorityBoost) {
    completeRequest(irp);
  }

  /**
   * {@code IoCompleteRequest} with IO_NO_INCREMENT: says that this driver is done with an IRP, and walks up through the
   * completion routines of the drivers above.
   *
   * <p>IRQL: at most DISPATCH_LEVEL. Locks: none held. Bug checks: {@code 0x44} for an IRP that was completed;
   * {@code 0xC9/0x06} with STATUS_PENDING or -1; {@code 0xC9/0x07} with a cancel routine set; {@code 0xC9/0x0E} above
   * DISPATCH_LEVEL; {@code 0xC4} by the rule SpinLockSafe with a spin lock held; {@code 0xC4/0xFA} when a completion
   * routine returns at another IRQL; {@code 0xC9/0x228} when it does not mark an IRP pending that the driver below has;
   * {@code 0xC9/0x239}, where everything is checked, for one that nobody has sent; {@code 0xC4/0x135} for an IRP that
   * was cancelled too long ago; {@code 0xC4/0x4100F} after IoSetCompletionRoutineEx.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iocompleterequest">
   *     IoCompleteRequest</a>
   */
  public final void completeRequest(Irp irp) {
    boolean open = Seam.isOpen();
    if (open) {
      irp.step(StepKind.COMPLETE, null);
    }
    claim(irp);
    if (open && verifies()) {
      checkCompletion(irp);
    }
    unwind(irp);
  }

  private void unwind(Irp irp) {
    boolean verifies = verifies();
    while (irp.hasCurrentLocation()) {
      IoStackLocation done = irp.currentStackLocation();
      NtStatus status = irp.status();
      if (verifies && done.isHeldBack(status)) {
        return;
      }
      IoCompletionRoutine routine = done.isToInvoke() && isInvoked(done, irp) ? done.completionRoutine() : null;
      Object context = done.context();
      boolean pending = done.isPending();
      done.completed(status);
      boolean driverAbove = irp.unwind();
      irp.setPendingReturned(pending);
      if (routine != null) {
        if (!driverAbove) {
          backWithItsMaker(irp);
        }
        irp.endCompletion();
        int use = irp.uses();
        NtStatus answer = callCompletionRoutine(routine, irp, context);
        if (answer.equals(NtStatus.STATUS_MORE_PROCESSING_REQUIRED)) {
          return;
        }
        checkWalkGoesOn(irp, use, driverAbove, answer);
        claim(irp);
        if (verifies && pending && driverAbove && !irp.isMarkedPending()) {
          throw Rule.PENDING_NOT_PROPAGATED.violated(
              machine(), "the completion routine of " + irp + " did not mark it pending as the driver below had", irp);
        }
      } else if (pending && driverAbove) {
        irp.currentStackLocation().markPending();
      }
    }
    if (verifies) {
      backWithItsMaker(irp);
    }
    irp.finish();
  }

  /**
   * Whoever made an IRP has to stop the walk in his completion routine: nobody is above him to complete it to. If he
   * does not, the walk still touches it, while somebody whom the routine has told may free it.
   */
  private void checkWalkGoesOn(Irp irp, int use, boolean driverAbove, NtStatus answer) {
    boolean makers = verifies() && !driverAbove && irp.isAllocated();
    if (makers && machine().checks(Rule.ALLOCATED_IRP_COMPLETED)) {
      throw Rule.ALLOCATED_IRP_COMPLETED.violated(
          machine(),
          irp + " is its maker's to free, whose completion routine returned " + answer
              + ", not STATUS_MORE_PROCESSING_REQUIRED",
          irp);
    }
    if (makers) {
      machine().step(StepKind.RESUME_COMPLETION, irp);
    }
    if (!irp.isStill(use)) {
      throw Rule.IRP_TOUCHED_AFTER_COMPLETION.violated(
          machine(),
          Activity.current() + ": IoCompleteRequest of " + irp + " goes on after its completion routine returned "
              + answer + ", and it was freed",
          irp);
    }
  }

  /** While one thread completes an IRP, and when it was completed to the top, nobody else completes it. */
  private void claim(Irp irp) {
    if (!irp.beginCompletion()) {
      Activity first = irp.completedBy();
      throw Rule.DOUBLE_COMPLETION.violated(
          machine(),
          irp + " is completed by " + Activity.current() + ", and was completed "
              + (first == null ? "before" : "by " + first),
          irp);
    }
  }

  private NtStatus callCompletionRoutine(IoCompletionRoutine routine, Irp irp, @Nullable Object context) {
    Activity self = Activity.current();
    Irql before = self.irql();
    NtStatus answer = routine.completed(irp.currentDevice(), irp, context);
    if (verifies() && self.irql() != before) {
      throw Rule.COMPLETION_CHANGED_IRQL.violated(
          machine(),
          "the completion routine of " + irp + " returned at " + self.irql() + ", called at " + before,
          routine,
          before.level(),
          self.irql().level());
    }
    if (verifies()) {
      requireNonNull(answer, () -> "the completion routine of " + irp + " returned null");
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
    checkCompletionExSent(irp);
    Activity self = Activity.current();
    Irql irql = self.irql();
    if (irql.isAbove(DISPATCH_LEVEL)) {
      throw Rule.COMPLETE_ABOVE_DISPATCH.violated(
          machine(), "IoCompleteRequest(" + irp + ") at " + irql, irql.level(), irp);
    }
    if (self.spinLocksHeld() > 0 && machine().checks(Rule.SPIN_LOCK_SAFE)) {
      throw Rule.SPIN_LOCK_SAFE.violated(
          machine(), irp + " is completed by " + self + " with a spin lock held: " + self.spinLocksInWords(), irp);
    }
    NtStatus status = irp.status();
    if (status.equals(NtStatus.STATUS_PENDING) || status.code() == -1) {
      throw Rule.COMPLETE_PENDING_STATUS.violated(machine(), irp + " is completed with " + status, irp);
    }
    if (irp.hasCancelRoutine()) {
      throw Rule.COMPLETE_WITH_CANCEL_ROUTINE.violated(
          machine(), irp + " is completed while its cancel routine is set", irp);
    }
    if (!irp.wasSent() && !irp.hasCurrentLocation() && machine().checks(Rule.COMPLETED_NOT_SENT)) {
      throw Rule.COMPLETED_NOT_SENT.violated(
          machine(),
          "IoCompleteRequest(" + irp + "): nobody sent it, so that nobody waits for it; IoFreeIrp frees one of "
              + "one's own",
          irp);
    }
  }
}
