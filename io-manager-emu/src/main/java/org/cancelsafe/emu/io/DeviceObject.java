package org.cancelsafe.emu.io;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.ke.KDeviceQueue;
import org.cancelsafe.emu.ke.KDpc;
import org.jspecify.annotations.Nullable;

/** {@code DEVICE_OBJECT}: what IRPs are sent to. */
public final class DeviceObject {
  private final IoManager io;
  private final String name;
  private final DriverObject driver;
  private final @Nullable Object extension;
  private @Nullable IoTimer timer;
  private final StartIo startIo;
  private final AtomicInteger references = new AtomicInteger();
  private final boolean exclusive;
  private final AtomicInteger openFiles = new AtomicInteger();
  private int stackSize = 1;
  private @Nullable DeviceObject attachedDevice;
  private @Nullable KDpc dpc;

  DeviceObject(IoManager io, String name, DriverObject driver, @Nullable Object extension, boolean exclusive) {
    this.io = io;
    this.name = name;
    this.driver = requireNonNull(driver, "driver");
    this.extension = extension;
    this.exclusive = exclusive;
    this.startIo = new StartIo(this);
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

  /** A file is opened; false when the device is exclusive and another one is. */
  boolean open() {
    boolean opened = exclusive ? openFiles.compareAndSet(0, 1) : openFiles.incrementAndGet() > 0;
    if (opened) {
      reference();
    }
    return opened;
  }

  /** Its last handle was closed, or it could not be opened. */
  void closed() {
    openFiles.decrementAndGet();
    dereference();
  }

  // the device stack

  /**
   * {@code IoAttachDeviceToDeviceStack}: puts this device on top of the stack that the target is in.
   *
   * <p>IRQL: at most DISPATCH_LEVEL.
   *
   * @return the device that was on top, to which this one's driver passes IRPs on
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioattachdevicetodevicestack">
   *     IoAttachDeviceToDeviceStack</a>
   */
  public DeviceObject attachDeviceToDeviceStack(DeviceObject target) {
    DeviceObject top = target.getAttachedDevice();
    if (top == this || attachedDevice != null) {
      throw new IllegalArgumentException(name + ", which is in a device stack with others, is attached to " + top);
    }
    top.attachedDevice = this;
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
    if (attachedDevice == null) {
      throw new IllegalStateException("no device is attached to " + name);
    }
    attachedDevice = null;
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

  /** {@code DeviceObject->ReferenceCount}: how many open handles and queued work items refer to it. */
  public int referenceCount() {
    return references.get();
  }

  void reference() {
    references.incrementAndGet();
  }

  void dereference() {
    references.decrementAndGet();
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
