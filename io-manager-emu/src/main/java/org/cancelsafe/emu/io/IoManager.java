package org.cancelsafe.emu.io;

import java.time.Duration;
import java.util.List;
import org.cancelsafe.emu.ke.KInterrupt;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Machine;
import org.jspecify.annotations.Nullable;

/** The I/O manager of a machine: {@code IoXxx} routines that have no other receiver. */
public final class IoManager extends IrpSender {
  /** {@code IO_NO_INCREMENT}: a request that failed, was cancelled, or took no time. */
  public static final int IO_NO_INCREMENT = 0;

  private IoManager(Machine machine) {
    super(machine);
  }

  /** The I/O manager of this machine. */
  public static IoManager of(Machine machine) {
    return machine.component(IoManager.class, IoManager::new);
  }

  // devices and their requests

  /**
   * {@code IoCreateDevice}: a device of this driver, whose IRPs need one stack location.
   *
   * @param extension the device extension
   */
  public DeviceObject createDevice(DriverObject driver, String name, @Nullable Object extension) {
    return createDevice(driver, name, extension, false);
  }

  /**
   * {@code IoCreateDevice}: a device of this driver.
   *
   * @param exclusive whether only one file of it can be open at a time
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iocreatedevice">
   *     IoCreateDevice</a>
   */
  public DeviceObject createDevice(
      DriverObject driver, String name, @Nullable Object extension, boolean exclusive) {
    return new DeviceObject(this, name, driver, extension, exclusive);
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
   * What {@code NtReadFile} and its like do first: makes the IRP that asks this of the file's device. Send it with
   * {@link #callDriver}; how it ended is in its {@link Irp#userIosb()}. A file object that {@link #createFile} has
   * opened is not closed until the request has ended.
   */
  public Irp buildRequest(FileObject file, MajorFunction major) {
    Irp irp = newIrp(file.getRelatedDeviceObject().stackSize());
    irp.setRequest();
    IoStackLocation next = irp.nextStackLocation();
    next.setMajorFunction(major);
    next.setFileObject(file);
    if (file.isCounted()) {
      file.reference();
      irp.extra().referenced = file;
    }
    return irp;
  }

  /** Makes a request of this kind and sends it to the top of the file's device stack; returns the IRP. */
  public Irp request(FileObject file, MajorFunction major) {
    Irp irp = buildRequest(file, major);
    send(file.getRelatedDeviceObject(), irp);
    return irp;
  }

  /**
   * {@code IoAllocateMdl}: describes this much of a buffer, and hands it to an IRP.
   *
   * <p>IRQL: at most DISPATCH_LEVEL.
   *
   * @param secondaryBuffer whether the IRP's {@link Irp#mdlAddress} stays what it is, and this comes last in its chain
   * @param chargeQuota of no consequence here
   * @param irp whose buffer it describes; null for none's
   * @return the MDL; null where allocations may fail (low resources), and this one does
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioallocatemdl">IoAllocateMdl</a>
   */
  public @Nullable Mdl allocateMdl(
      Object buffer, long length, boolean secondaryBuffer, boolean chargeQuota, @Nullable Irp irp) {
    if (machine().allocationFails()) {
      return null;
    }
    Mdl mdl = new Mdl(buffer, length);
    Mdl first = irp == null ? null : irp.mdlAddress();
    if (secondaryBuffer && first != null) {
      first.append(mdl);
    } else if (irp != null) {
      irp.setMdlAddress(mdl);
    }
    return mdl;
  }

  // files and threads

  /**
   * {@code IoCreateFile}: opens a file of this device, with {@code IRP_MJ_CREATE}; waits for its completion.
   *
   * <p>IRQL: PASSIVE_LEVEL.
   *
   * @return the handle, open if {@link Handle#status()} is a success; STATUS_ACCESS_DENIED when the device is exclusive
   *     and another file is open
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iocreatefile">IoCreateFile</a>
   */
  public Handle createFile(DeviceObject device, String name) {
    return requests().create(device, name);
  }

  /**
   * {@code IoCancelThreadIo}: cancels the IRPs on the calling thread's list, and waits until they are completed. Every
   * thread does this when it exits. An IRP that takes longer than {@link #setThreadIoLimit} is detached from the
   * thread, and an entry written to the {@link #errorLog}.
   *
   * <p>IRQL: PASSIVE_LEVEL.
   */
  public void cancelThreadIo() {
    threadIrps().cancelThreadIo(Activity.current());
  }

  /** How long an exiting thread waits for its IRPs on a live machine: five minutes unless somebody says otherwise. */
  public void setThreadIoLimit(Duration limit) {
    threadIrps().setLimit(limit);
  }

  /** What the I/O manager has written with {@code IoWriteErrorLogEntry}. */
  public List<String> errorLog() {
    return threadIrps().errorLog();
  }

  // interrupts

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
