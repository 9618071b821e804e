package org.cancelsafe.emu.io;

import static java.util.Objects.requireNonNull;

import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Seam;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * Makes and frees IRPs. It is the lowest of the layers that {@link IoManager}, which is one object, is made of; above
 * it are {@linkplain IrpCanceller cancelling} and {@linkplain IrpSender sending and completing}.
 */
abstract class IrpMaker {
  private final Machine machine;
  private final boolean verifies;
  private final AtomicInteger irps = new AtomicInteger();
  private final Set<Irp> pended = ConcurrentHashMap.newKeySet();
  private final ThreadIrps threadIrps = new ThreadIrps(self());
  private final Requests requests = new Requests(self());
  private final IrpLookaside lookaside;

  IrpMaker(Machine machine) {
    this.machine = machine;
    this.verifies = machine.verifies();
    this.lookaside = new IrpLookaside(machine);
    machine.atThreadExit(threadIrps::cancelThreadIo);
    if (verifies) {
      machine.addRundown(new IrpRundown(self(), pended));
    }
  }

  private IoManager self() {
    return (IoManager) this;
  }

  /** The machine this manages the I/O of. */
  public final Machine machine() {
    return machine;
  }

  /**
   * {@code IoAllocateIrp}: an IRP of the caller's own.
   *
   * <p>IRQL: at most DISPATCH_LEVEL.
   *
   * @param stackSize how many stack locations it has
   * @return the IRP; null where allocations may fail (low resources), and this one does
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioallocateirp">IoAllocateIrp</a>
   */
  public final @Nullable Irp allocateIrp(int stackSize) {
    if (stackSize < 1 || stackSize > StackedIrp.MAXIMUM_STACK_SIZE) {
      throw new IllegalArgumentException(
          "IoAllocateIrp: an IRP has 1 to " + StackedIrp.MAXIMUM_STACK_SIZE + " stack locations, not " + stackSize);
    }
    return machine.allocationFails() ? null : newIrp(stackSize);
  }

  /** The I/O manager's own. */
  final Irp newIrp(int stackSize) {
    Irp recycled = lookaside.take(stackSize);
    return recycled != null ? recycled : new Irp(self(), irps.incrementAndGet(), stackSize);
  }

  /**
   * {@code IoAllocateIrp}, all its parameters given: with {@code chargeQuota} FALSE the IRP may be initialised with
   * {@link Irp#initialize}; without the parameter it is as with TRUE.
   */
  public final @Nullable Irp allocateIrp(int stackSize, boolean chargeQuota) {
    Irp irp = allocateIrp(stackSize);
    if (irp != null && !chargeQuota) {
      irp.extra().origin = IrpOrigin.ALLOCATED_UNCHARGED;
    }
    return irp;
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
  public final void setIrpLookasideDepth(int depth) {
    if (depth < 0) {
      throw new IllegalArgumentException("a lookaside list keeps 0 or more IRPs, not " + depth);
    }
    lookaside.setDepth(depth);
  }

  /**
   * {@code IoBuildSynchronousFsdRequest}: an IRP on the calling thread's list. The I/O manager frees it when it is
   * completed; it cancels it, and waits for it, when the thread exits.
   *
   * <p>When IoCallDriver returns STATUS_PENDING, wait for the event. A request that fails at once, with an error status
   * and not marked pending, neither sets the event nor writes the status block.
   *
   * <p>IRQL: at most APC_LEVEL.
   *
   * @return the IRP; null where allocations may fail (low resources), and this one does
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iobuildsynchronousfsdrequest">
   *     IoBuildSynchronousFsdRequest</a>
   */
  public final @Nullable Irp buildSynchronousFsdRequest(
      MajorFunction major,
      DeviceObject device,
      @Nullable Object buffer,
      long length,
      long startingOffset,
      KEvent event,
      IoStatusBlock ioStatusBlock) {
    requireNonNull(event, "event");
    IrpBuilder builder = IrpBuilder.of(self(), "IoBuildSynchronousFsdRequest", device);
    return builder == null
        ? null
        : builder
            .transfer(major, buffer, length, startingOffset)
            .threaded(event, ioStatusBlock);
  }

  /**
   * {@code IoBuildAsynchronousFsdRequest}: an IRP whose maker's completion routine frees it. It names the calling
   * thread, and is not on its list.
   *
   * <p>IRQL: at most APC_LEVEL.
   *
   * @return the IRP; null where allocations may fail (low resources), and this one does
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iobuildasynchronousfsdrequest">
   *     IoBuildAsynchronousFsdRequest</a>
   */
  public final @Nullable Irp buildAsynchronousFsdRequest(
      MajorFunction major,
      DeviceObject device,
      @Nullable Object buffer,
      long length,
      long startingOffset,
      @Nullable IoStatusBlock ioStatusBlock) {
    IrpBuilder builder = IrpBuilder.of(self(), "IoBuildAsynchronousFsdRequest", device);
    return builder == null
        ? null
        : builder
            .transfer(major, buffer, length, startingOffset)
            .asynchronous(ioStatusBlock);
  }

  /**
   * {@code IoBuildDeviceIoControlRequest}: an IRP with a control code, on the calling thread's list as that of {@link
   * #buildSynchronousFsdRequest}. The requestor mode is KernelMode.
   *
   * <p>IRQL: at most APC_LEVEL.
   *
   * @param internalDeviceIoControl whether the major function is IRP_MJ_INTERNAL_DEVICE_CONTROL
   * @param event null for who sets a completion routine
   * @return the IRP; null where allocations may fail (low resources), and this one does
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iobuilddeviceiocontrolrequest">
   *     IoBuildDeviceIoControlRequest</a>
   */
  public final @Nullable Irp buildDeviceIoControlRequest(
      int ioControlCode,
      DeviceObject device,
      @Nullable Object inputBuffer,
      long inputBufferLength,
      @Nullable Object outputBuffer,
      long outputBufferLength,
      boolean internalDeviceIoControl,
      @Nullable KEvent event,
      IoStatusBlock ioStatusBlock) {
    IrpBuilder builder = IrpBuilder.of(self(), "IoBuildDeviceIoControlRequest", device);
    return builder == null
        ? null
        : builder
            .control(ioControlCode, internalDeviceIoControl)
            .buffers(inputBuffer, inputBufferLength, outputBuffer, outputBufferLength)
            .threaded(event, ioStatusBlock);
  }

  /**
   * {@code IoFreeIrp}: frees an IRP that the caller allocated.
   *
   * <p>IRQL: at most DISPATCH_LEVEL. Bug checks: {@code 0xC9/0x20A} while it is queued, has a cancel routine or is with
   * a driver; {@code 0xC9/0x02} for one on a thread's list; {@code 0xCC} when it was freed before.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iofreeirp">IoFreeIrp</a>
   */
  public final void freeIrp(Irp irp) {
    if (irp.isThreaded()) {
      throw Rule.FREE_THREADED_IRP.violated(
          machine, irp + " is freed by " + Activity.current() + ", and is the I/O manager's to free", irp);
    }
    if (verifies && irp.isWithADriver()) {
      throw Rule.FREE_IN_USE.violated(machine, irp + " is freed while " + irp.currentDevice() + " has it", irp);
    }
    checkCompletionExSent(irp);
    if (irp.isLinked() || irp.hasCancelRoutine()) {
      throw Rule.FREE_IN_USE.violated(machine, irp + " is freed while it is queued or has a cancel routine", irp);
    }
    if (Seam.isOpen()) {
      irp.step(StepKind.FREE, null);
    }
    irp.checkNotFreed("IoFreeIrp");
    irp.releaseFile();
    release(irp);
  }

  /** The memory of an IRP is nobody's any more. */
  final void release(Irp irp) {
    pended.remove(irp);
    irp.free();
    lookaside.give(irp);
  }

  final void checkCompletionExSent(Irp irp) {
    if (verifies && irp.hasAllocatedCompletion()) {
      throw Rule.COMPLETION_EX_NOT_SENT.violated(
          machine, irp + " is not sent down after IoSetCompletionRoutineEx: what that allocated is lost", irp);
    }
  }

  final Requests requests() {
    return requests;
  }

  final ThreadIrps threadIrps() {
    return threadIrps;
  }

  final boolean verifies() {
    return Seam.isOpen() && verifies;
  }

  final boolean watchesMemory() {
    return machine.watchesMemory();
  }

  final void pended(Irp irp) {
    pended.add(irp);
  }

  final void backWithItsMaker(Irp irp) {
    pended.remove(irp);
  }
}
