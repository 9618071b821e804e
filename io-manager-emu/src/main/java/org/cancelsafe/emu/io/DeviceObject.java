package org.cancelsafe.emu.io;

import static java.util.Objects.requireNonNull;

import org.cancelsafe.emu.ke.KDeviceQueue;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/** {@code DEVICE_OBJECT}: what IRPs are sent to. */
public final class DeviceObject {
  private final IoManager io;
  private final String name;
  private final DriverObject driver;
  private final @Nullable Object extension;
  private @Nullable IoTimer timer;
  private final StartIo startIo;
  private final DeviceLife life = new DeviceLife();
  private final DeviceMemory memory;
  private final boolean exclusive;
  private int stackSize = 1;
  private @Nullable DeviceObject attachedDevice;
  private @Nullable DeviceObject attachedTo;
  private @Nullable KDpc dpc;

  DeviceObject(IoManager io, String name, DriverObject driver, @Nullable Object extension, boolean exclusive) {
    this.io = io;
    this.name = requireNonNull(name, "name");
    this.driver = requireNonNull(driver, "driver");
    this.extension = extension;
    this.exclusive = exclusive;
    this.startIo = new StartIo(this);
    this.memory = new DeviceMemory(name);
  }

  /** The I/O manager of the machine this device is on. */
  public IoManager io() {
    return io;
  }

  /** {@code DeviceObject->DriverObject}. */
  public DriverObject driverObject() {
    return driver;
  }

  /**
   * {@code DeviceObject->DeviceExtension}.
   *
   * @param <T> the extension's class
   * @throws IllegalStateException when the device has no extension of this class, as when a cancel routine takes the
   *     device of another driver for its own
   */
  public <T> T deviceExtension(Class<T> type) {
    if (!type.isInstance(extension)) {
      throw new IllegalStateException(
          "device " + name + " has "
              + (extension == null ? "no extension" : "a " + extension.getClass().getSimpleName() + " as extension")
              + ", not a " + type.getSimpleName());
    }
    return type.cast(extension);
  }

  /** {@code DeviceObject->StackSize}: how many stack locations an IRP for this device needs. */
  public int stackSize() {
    return stackSize;
  }

  /** {@code DO_EXCLUSIVE}: whether only one file of this device is open at a time. */
  public boolean isExclusive() {
    return exclusive;
  }

  DeviceLife life() {
    return life;
  }

  // the device stack

  /**
   * {@code IoAttachDeviceToDeviceStack}: puts this device on top of the stack that the target is in.
   *
   * <p>IRQL: at most DISPATCH_LEVEL.
   *
   * @return the device that was on top, to which this one's driver passes IRPs on; null when that was deleted
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioattachdevicetodevicestack">
   *     IoAttachDeviceToDeviceStack</a>
   */
  public @Nullable DeviceObject attachDeviceToDeviceStack(DeviceObject target) {
    DeviceObject top = requireNonNull(target, "target").getAttachedDevice();
    if (top == this || attachedDevice != null || attachedTo != null) {
      throw new IllegalArgumentException(name + ", which is in a device stack with others, is attached to " + top);
    }
    if (top.life.isDeletePending()) {
      return null;
    }
    top.attachedDevice = this;
    attachedTo = top;
    stackSize = top.stackSize + 1;
    return top;
  }

  /**
   * {@code IoDetachDevice}: takes the device that is attached to this one off the stack. IRQL: PASSIVE_LEVEL.
   *
   * @throws IllegalStateException when none is
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iodetachdevice">
   *     IoDetachDevice</a>
   */
  public void detachDevice() {
    DeviceObject above = attachedDevice;
    if (above == null) {
      throw new IllegalStateException(
          "IoDetachDevice(" + name + "): no device is attached to it"
              + (attachedTo == null ? "" : "; it takes the lower device, " + attachedTo));
    }
    attachedDevice = null;
    above.attachedTo = null;
    freeIfGone();
  }

  /** {@code DeviceObject->AttachedDevice}: the device right above this one; null when there is none. */
  public @Nullable DeviceObject attachedDevice() {
    return attachedDevice;
  }

  /** {@code IoGetAttachedDevice}: the device on top of the stack that this one is in, which may be this one. */
  public DeviceObject getAttachedDevice() {
    DeviceObject top = this;
    while (top.attachedDevice != null) {
      top = top.attachedDevice;
    }
    return top;
  }

  /**
   * {@code IoGetAttachedDeviceReference}: as {@link #getAttachedDevice}, and keeps that device until it is {@linkplain
   * #dereference dereferenced}. IRQL: at most DISPATCH_LEVEL.
   *
   * @see <a
   *     href="https://learn.microsoft.com/windows-hardware/drivers/ddi/ntifs/nf-ntifs-iogetattacheddevicereference">
   *     IoGetAttachedDeviceReference</a>
   */
  public DeviceObject getAttachedDeviceReference() {
    DeviceObject top = getAttachedDevice();
    top.reference();
    return top;
  }

  /**
   * {@code IoGetLowerDeviceObject}: the device right below this one, which it keeps until that is {@linkplain
   * #dereference dereferenced}; null when there is none. IRQL: at most DISPATCH_LEVEL.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/ntifs/nf-ntifs-iogetlowerdeviceobject">
   *     IoGetLowerDeviceObject</a>
   */
  public @Nullable DeviceObject getLowerDeviceObject() {
    DeviceObject lower = attachedTo;
    if (lower != null) {
      lower.reference();
    }
    return lower;
  }

  // its end

  /**
   * {@code DeviceObject->ReferenceCount}: how many open handles and queued work items refer to it. Pointers to it are
   * counted apart.
   */
  public int referenceCount() {
    return life.uses();
  }

  /** {@code ObReferenceObject}: keeps the device object from being freed. IRQL: at most DISPATCH_LEVEL. */
  public void reference() {
    life.reference();
  }

  /**
   * {@code ObDereferenceObject}: gives a pointer back. IRQL: at most DISPATCH_LEVEL.
   *
   * <p>Bug check: {@code 0x18} when nobody has one.
   */
  public void dereference() {
    if (!life.dereference()) {
      throw Rule.REFERENCE_COUNT.violated(
          io.machine(),
          "ObDereferenceObject(" + name + ") by " + Activity.current() + ": nobody has a reference",
          this);
    }
  }

  /**
   * {@code IoDeleteDevice}: no file of this device is opened, and nothing attached to it, from now on. It is gone once
   * nothing is attached to it and nobody refers to it: no open handle, no queued work item, no pointer. Its IoTimer
   * stops.
   *
   * <p>IRQL: at most APC_LEVEL. Bug checks: {@code 0xC9} while it is attached to another device, {@code 0xC4/0x2000F}
   * above APC_LEVEL; {@code 0xC9/0x04} when a driver sends an IRP to it after it is gone. A request whose file object
   * was there before finds the device: an open file keeps it. On an explored machine an IRP that a driver sends while
   * nothing keeps another thread from deleting the device is a data race; where somebody has referred to the device
   * (a handle, a work item, a pointer) that is not looked for, and the report says so.
   *
   * @throws IllegalStateException when it was deleted before
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iodeletedevice">
   *     IoDeleteDevice</a>
   */
  public void delete() {
    Activity self = Activity.current();
    Machine machine = self.machine();
    self.checkAtMost(Irql.APC_LEVEL, Rule.IRQL_APC_LTE, "IoDeleteDevice(" + name + ")", this);
    if (attachedTo != null && machine.verifies()) {
      throw Rule.DELETED_WHILE_ATTACHED.violated(
          machine, "IoDeleteDevice(" + name + "), which is attached to " + attachedTo + ": IoDetachDevice first", this);
    }
    if (!life.delete()) {
      throw new IllegalStateException("IoDeleteDevice(" + name + "): it was deleted before");
    }
    if (timer != null) {
      timer.unregister();
    }
    if (machine.isControlled() && life.wasReferredTo()) {
      machine.leavesOut("no IRP is sent to a device at the moment that it is deleted");
    }
    freeIfGone();
  }

  private void freeIfGone() {
    if (isDeleted() && !life.wasReferredTo()) {
      memory.free();
    }
  }

  /** A driver sends an IRP to it. */
  void usedByDriver() {
    memory.use();
  }

  /** Whether it was deleted and is gone; for assertions. */
  public boolean isDeleted() {
    return life.isDeletePending() && !life.isReferredTo() && attachedDevice == null;
  }

  // StartIo

  /**
   * {@code IoStartPacket}: has the driver's StartIo routine called with this IRP: now, when the device is idle;
   * otherwise the IRP waits in the device queue.
   *
   * <p>IRQL: at most DISPATCH_LEVEL, unchanged. Locks: with a cancel routine, takes the cancel spin lock. StartIo may
   * be called with an IRP that was cancelled already: it has to look. One that would wait is cancelled at once.
   *
   * @param key where in the queue; null for its tail
   * @param cancelFunction becomes the IRP's cancel routine; null for an IRP that is not cancelable
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/ntifs/nf-ntifs-iostartpacket">IoStartPacket
   *     </a>
   */
  public void startPacket(Irp irp, @Nullable Integer key, @Nullable DriverCancel cancelFunction) {
    startIo.startPacket(irp, key == null ? null : Integer.toUnsignedLong(key), cancelFunction);
  }

  /**
   * {@code IoStartNextPacket}: takes the next IRP off the device queue and calls StartIo with it; without one, the
   * device is idle.
   *
   * <p>IRQL: DISPATCH_LEVEL. Locks: none held; takes the cancel spin lock if {@code cancelable}. Bug checks: {@code
   * 0x2} when the device is idle; {@code 0xC4/0x20003} at another IRQL; {@code 0xC4} with a spin lock held.
   *
   * @param cancelable whether the device's IRPs have cancel routines
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/ntifs/nf-ntifs-iostartnextpacket">
   *     IoStartNextPacket</a>
   */
  public void startNextPacket(boolean cancelable) {
    startIo.startNextPacket(cancelable, null);
  }

  /**
   * {@code IoStartNextPacketByKey}: as {@link #startNextPacket}, with the first IRP whose key is at least this one, or
   * the first of all. IRQL: DISPATCH_LEVEL here too, at which StartIo runs, though its page allows lower ones.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/ntifs/nf-ntifs-iostartnextpacketbykey">
   *     IoStartNextPacketByKey</a>
   */
  public void startNextPacketByKey(boolean cancelable, int key) {
    startIo.startNextPacket(cancelable, Integer.toUnsignedLong(key));
  }

  /**
   * {@code IoSetStartIoAttributes}: changes how StartIo is called. Both are FALSE at first. IRQL: any.
   *
   * @param deferredStartIo a start that is asked for while StartIo runs happens once that has returned; otherwise
   *     StartIo is called from within
   * @param nonCancelable an IRP that IoStartNextPacket takes off the queue is not cancelable any more
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iosetstartioattributes">
   *     IoSetStartIoAttributes</a>
   */
  public void setStartIoAttributes(boolean deferredStartIo, boolean nonCancelable) {
    startIo.setAttributes(deferredStartIo, nonCancelable);
  }

  /** {@code DeviceObject->DeviceQueue}. */
  public KDeviceQueue deviceQueue() {
    return startIo.queue();
  }

  /**
   * {@code DeviceObject->CurrentIrp}: what the device works on. Plain memory: where IRPs are cancelable, the cancel
   * spin lock guards it.
   */
  public @Nullable Irp currentIrp() {
    return startIo.currentIrp().get();
  }

  /** Sets {@code DeviceObject->CurrentIrp}. */
  public void setCurrentIrp(@Nullable Irp irp) {
    startIo.currentIrp().set(irp);
  }

  // work items

  /**
   * {@code IoAllocateWorkItem}: a work item for this device. IRQL: at most DISPATCH_LEVEL.
   *
   * @return the work item; null where allocations may fail (low resources), and this one does
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioallocateworkitem">
   *     IoAllocateWorkItem</a>
   */
  public @Nullable IoWorkItem allocateWorkItem() {
    return io.machine().allocationFails() ? null : new IoWorkItem(this);
  }

  // DpcForIsr

  /**
   * {@code IoInitializeDpcRequest}: registers the device's DpcForIsr. IRQL: PASSIVE_LEVEL.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioinitializedpcrequest">
   *     IoInitializeDpcRequest</a>
   */
  public void initializeDpcRequest(IoDpcRoutine routine) {
    requireNonNull(routine, "routine");
    dpc =
        new KDpc(
            name + ".Dpc",
            (self, context, irp, argument) -> routine.run(self, this, (Irp) irp, argument),
            this);
  }

  /**
   * {@code IoRequestDpc}: queues the device's DpcForIsr, unless it is queued already. IRQL: any; a DIRQL as a rule.
   *
   * @throws IllegalStateException when it has none
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iorequestdpc">IoRequestDpc</a>
   */
  public void requestDpc(@Nullable Irp irp, @Nullable Object context) {
    KDpc registered = dpc;
    if (registered == null) {
      throw new IllegalStateException("device " + name + " has no DpcForIsr: initializeDpcRequest registers one");
    }
    registered.insertQueue(irp, context);
  }

  // IoTimer

  /**
   * {@code IoInitializeTimer}: has a routine called about once a second while the timer is started.
   *
   * <p>IRQL: PASSIVE_LEVEL. Bug checks: {@code 0xC4/0x2000E} above; {@code 0xC9/0x0A} for the second time.
   *
   * @return STATUS_SUCCESS
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioinitializetimer">
   *     IoInitializeTimer</a>
   */
  public NtStatus initializeTimer(IoTimerRoutine timerRoutine, @Nullable Object context) {
    IoTimer.checkMayInitialize(this, timer != null);
    timer = new IoTimer(this, requireNonNull(timerRoutine, "timerRoutine"), context);
    return NtStatus.STATUS_SUCCESS;
  }

  /**
   * {@code IoStartTimer}: the timer routine is called from now on.
   *
   * <p>IRQL: at most DISPATCH_LEVEL.
   *
   * @throws IllegalStateException when the timer was not initialised
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iostarttimer">IoStartTimer</a>
   */
  public void startTimer() {
    timer().start();
  }

  /**
   * {@code IoStopTimer}: the timer routine is not called any more; one that runs is not waited for.
   *
   * <p>IRQL: at most DISPATCH_LEVEL.
   *
   * @throws IllegalStateException inside the timer routine, and when the timer was not initialised
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iostoptimer">IoStopTimer</a>
   */
  public void stopTimer() {
    timer().stop();
  }

  private IoTimer timer() {
    IoTimer initialized = timer;
    if (initialized == null) {
      throw new IllegalStateException("the timer of " + this + " was not initialised: IoInitializeTimer first");
    }
    return initialized;
  }

  @Override
  public String toString() {
    return name;
  }
}
