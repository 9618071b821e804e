package org.cancelsafe.examples.shipped;

import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.ke.KEvent;

/**
 * How the Bluetooth driver of the published model shuts down: whoever uses the device counts himself in and out, the
 * driver itself counts as one, and who counts out last lets the stopper go on. The flags are racy on purpose.
 *
 * <p>The model has no IRPs, as in the paper. This is its third version: right as long as there is one stopper, because
 * each stopper counts the driver out once more.
 */
class BluetoothDriver {
  final InterlockedLong pendingIo = new InterlockedLong("pendingIo", 1);
  final InterlockedLong stoppingFlag = new InterlockedLong("stoppingFlag", 0);
  final KEvent stoppingEvent = new KEvent("stoppingEvent", KEvent.Type.NOTIFICATION_EVENT, false);
  final InterlockedLong stopped = new InterlockedLong("stopped", 0);

  /** {@code BCSP_IoIncrement}: counts the caller in; false when the device is being stopped. */
  boolean ioIncrement() {
    pendingIo.increment();
    if (stoppingFlag.read() != 0) {
      ioDecrement();
      return false;
    }
    return true;
  }

  /** {@code BCSP_IoDecrement}: counts the caller out. */
  final void ioDecrement() {
    if (pendingIo.decrement() == 0) {
      stoppingEvent.set();
    }
  }

  /** {@code BCSP_PnpAdd}. */
  void pnpAdd() {
    if (ioIncrement()) {
      useDevice();
      ioDecrement();
    }
  }

  /** {@code assert !stopped}. */
  final void useDevice() {
    if (stopped.read() != 0) {
      throw new AssertionError("the device is used after it was stopped");
    }
  }

  /** {@code BCSP_PnpStop}. */
  final void pnpStop() {
    stoppingFlag.write(1);
    ioDecrement();
    stoppingEvent.waitForSingleObject();
    stopped.write(1);
  }
}
