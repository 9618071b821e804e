package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;

import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.ke.KDeviceQueue;
import org.cancelsafe.emu.ke.KDeviceQueueEntry;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * One device's IRPs, handed to its driver's StartIo routine one at a time.
 *
 * <p>Where cancel routines are used, the system's cancel spin lock guards the device queue and {@code CurrentIrp}: an
 * IRP is, under it, either in the queue and cancelable or the current one. So a cancel routine that finds it to be
 * neither, or the current one, has nothing to do.
 *
 * <p>Deferred, the starts that are asked for while one is under way are counted with it, and follow it one by one.
 */
final class StartIo {
  private final DeviceObject device;
  private final KDeviceQueue queue;
  private final Shared<@Nullable Irp> currentIrp;
  private final InterlockedLong starts;
  private volatile boolean deferred;
  private volatile boolean nonCancelable;
  private volatile boolean nextCancelable;
  private volatile @Nullable Long nextKey;

  StartIo(DeviceObject device) {
    this.device = device;
    this.queue = new KDeviceQueue(device + ".DeviceQueue");
    this.currentIrp = new Shared<>(device + ".CurrentIrp", null);
    this.starts = new InterlockedLong(device + ".StartIoCount", 0);
  }

  KDeviceQueue queue() {
    return queue;
  }

  Shared<@Nullable Irp> currentIrp() {
    return currentIrp;
  }

  void setAttributes(boolean deferredStartIo, boolean nonCancelable) {
    this.deferred = deferredStartIo;
    this.nonCancelable = nonCancelable;
  }

  void startPacket(Irp irp, @Nullable Long key, @Nullable DriverCancel cancel) {
    device.driverObject().requireStartIo();
    Activity self = Activity.current();
    Irql old = self.irql();
    if (self.machine().verifies() && old.isAbove(DISPATCH_LEVEL)) {
      throw Rule.IRQL_DISPATCH_LTE.violated(
          self.machine(), "IoStartPacket(" + device + ", " + irp + ") at " + old, old.level());
    }
    self.raise(DISPATCH_LEVEL);
    if (cancel == null ? isNext(irp, key) : isNext(irp, key, cancel)) {
      call(irp);
    }
    self.lower(old);
  }

  private boolean isNext(Irp irp, @Nullable Long key) {
    KDeviceQueueEntry entry = irp.deviceQueueEntry();
    boolean waits = key == null ? queue.insert(entry) : queue.insertByKey(entry, key);
    if (!waits) {
      currentIrp.set(irp);
    }
    return !waits;
  }

  private boolean isNext(Irp irp, @Nullable Long key, DriverCancel cancel) {
    IoManager io = irp.io();
    Irql irql = io.acquireCancelSpinLock();
    irp.setCancelRoutine(cancel);
    boolean next = isNext(irp, key);
    if (next || !io.cancelUnderLock(irp, irql)) {
      io.releaseCancelSpinLock(irql);
    }
    return next;
  }

  private void call(Irp irp) {
    if (!deferred) {
      callStartIo(irp);
      return;
    }
    starts.increment();
    callStartIo(irp);
    startThoseAskedFor(starts.decrement());
  }

  private void callStartIo(Irp irp) {
    device.driverObject().requireStartIo().startIo(device, irp);
    Activity self = Activity.current();
    if (self.machine().verifies() && !self.isAt(DISPATCH_LEVEL)) {
      throw Rule.IRQL_UNEXPECTED_VALUE.violated(
          self.machine(),
          "the StartIo routine of " + device + " returned at " + self.irql() + ", called at " + DISPATCH_LEVEL,
          self.irql().level() << 16 | DISPATCH_LEVEL.level() << 8,
          device);
    }
  }

  void startNextPacket(boolean cancelable, @Nullable Long key) {
    Activity self = Activity.current();
    checkMayStart(self);
    if (!deferred) {
      startNext(cancelable, key);
      return;
    }
    nextCancelable = cancelable;
    nextKey = key;
    if (starts.increment() == 1) {
      startThoseAskedFor(1);
    }
  }

  /**
   * No call is under way. The start that is made here is not counted any more when the queue turns out to be empty: an
   * IRP that finds it idle is another processor's, which counts from zero.
   */
  private void startThoseAskedFor(long asked) {
    long left = asked;
    while (left > 0) {
      left = starts.decrement();
      Irp irp = takeNext(nextCancelable, nextKey);
      if (irp != null) {
        starts.increment();
        callStartIo(irp);
        left = starts.decrement();
      }
    }
  }

  private void startNext(boolean cancelable, @Nullable Long key) {
    Irp irp = takeNext(cancelable, key);
    if (irp != null) {
      callStartIo(irp);
    }
  }

  private @Nullable Irp takeNext(boolean cancelable, @Nullable Long key) {
    IoManager io = device.io();
    Irql irql = cancelable ? io.acquireCancelSpinLock() : DISPATCH_LEVEL;
    currentIrp.set(null);
    KDeviceQueueEntry entry = key == null ? queue.remove() : queue.removeByKey(key);
    Irp irp = entry == null ? null : (Irp) entry.container();
    if (irp != null) {
      currentIrp.set(irp);
      if (nonCancelable) {
        irp.setCancelRoutine(null);
      }
    }
    if (cancelable) {
      io.releaseCancelSpinLock(irql);
    }
    return irp;
  }

  private void checkMayStart(Activity self) {
    Machine machine = self.machine();
    if (!machine.verifies()) {
      return;
    }
    if (!self.isAt(DISPATCH_LEVEL)) {
      throw Rule.IRQL_DISPATCH.violated(
          machine, "IoStartNextPacket(" + device + ") at " + self.irql(), self.irql().level());
    }
    if (machine.checks(Rule.SPIN_LOCK_SAFE) && self.spinLocksHeld() > 0) {
      throw Rule.SPIN_LOCK_SAFE.violated(
          machine, "IoStartNextPacket(" + device + ") by " + self + ", which holds a spin lock", device);
    }
  }
}
