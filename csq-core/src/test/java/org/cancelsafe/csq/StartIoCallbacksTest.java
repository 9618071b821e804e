package org.cancelsafe.csq;

import static org.cancelsafe.csq.TestDriver.onMachine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;

class StartIoCallbacksTest {
  private final StartIoCallbacks callbacks = new StartIoCallbacks("queue");
  private final IoCsq csq = new IoCsq();

  StartIoCallbacksTest() {
    csq.initializeEx(callbacks);
  }

  private Irp sent(TestDriver driver, boolean starts) {
    Irp irp = driver.irp();
    assertEquals(!starts, csq.insertIrpEx(irp, null, null).isSuccess());
    return irp;
  }

  @Test
  @Statement({16, 17})
  void anIdleDeviceStartsTheFirstAtOnce() {
    onMachine(
        driver -> {
          Irp irp = driver.irp();
          assertEquals(NtStatus.STATUS_UNSUCCESSFUL, csq.insertIrpEx(irp, null, null));
          assertSame(irp, callbacks.currentIrp(csq));
          assertFalse(irp.isMarkedPending());
          assertNull(irp.cancelRoutine());
          TestDriver.assertAtPassiveLevelWithoutLock();
        });
  }

  @Test
  void oneAfterTheOtherUntilIdle() {
    onMachine(
        driver -> {
          Irp first = sent(driver, true);
          Irp second = sent(driver, false);
          Irp third = sent(driver, false);
          assertTrue(second.isMarkedPending());
          assertSame(first, callbacks.currentIrp(csq));
          assertSame(second, csq.removeNextIrp(null));
          assertSame(second, callbacks.currentIrp(csq));
          assertSame(third, csq.removeNextIrp(null));
          assertNull(csq.removeNextIrp(null));
          assertNull(callbacks.currentIrp(csq));
          sent(driver, true);
        });
  }

  @Test
  void anIrpCancelledInTheQueueIsNeverStarted() {
    onMachine(
        driver -> {
          sent(driver, true);
          Irp cancelled = sent(driver, false);
          Irp last = sent(driver, false);
          driver.io.cancelIrp(cancelled);
          assertSame(last, csq.removeNextIrp(null));
          assertSame(last, callbacks.currentIrp(csq));
        });
  }

  @Test
  void anIrpCancelledBeforeItIsQueuedLeavesTheCurrentOneAlone() {
    onMachine(
        driver -> {
          Irp first = sent(driver, true);
          Irp cancelled = driver.irp();
          driver.io.cancelIrp(cancelled);
          csq.insertIrpEx(cancelled, null, null);
          assertEquals(NtStatus.STATUS_CANCELLED, cancelled.userIosb().status());
          assertSame(first, callbacks.currentIrp(csq));
        });
  }

  @Test
  void cleanupOfAFileLeavesTheCurrentIrpAlone() {
    onMachine(
        driver -> {
          Irp first = sent(driver, true);
          Irp second = sent(driver, false);
          assertSame(second, csq.removeNextIrp(driver.file));
          assertSame(first, callbacks.currentIrp(csq));
          assertNull(csq.removeNextIrp(driver.file));
          assertSame(first, callbacks.currentIrp(csq));
        });
  }
}
