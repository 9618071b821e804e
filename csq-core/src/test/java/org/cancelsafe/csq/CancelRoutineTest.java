package org.cancelsafe.csq;

import static org.cancelsafe.csq.TestDriver.onMachine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.clearInvocations;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verifyNoMoreInteractions;

import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mockito.InOrder;

/** The library's cancel routine. */
class CancelRoutineTest {
  private final FifoCallbacks fifo = new FifoCallbacks("queue");
  private final CsqCallbacks callbacks = mock(CsqCallbacks.class, delegatesTo(fifo));
  private final IoCsq csq = new IoCsq();
  private final IoCsqIrpContext context = new IoCsqIrpContext();

  CancelRoutineTest() {
    csq.initialize(callbacks);
  }

  private Irp queued(TestDriver driver) {
    Irp irp = driver.irp();
    csq.insertIrp(irp, context);
    clearInvocations(callbacks);
    return irp;
  }

  @ParameterizedTest
  @EnumSource(
      value = Irql.class,
      names = {"PASSIVE_LEVEL", "APC_LEVEL", "DISPATCH_LEVEL"})
  @Statement({39, 40})
  void removesUnderTheLockAndCompletesWithoutIt(Irql level) {
    onMachine(
        driver -> {
          Irp irp = queued(driver);
          Irql old = Ke.raiseIrql(level);
          assertTrue(driver.io.cancelIrp(irp));
          InOrder order = inOrder(callbacks);
          order.verify(callbacks).acquireLock(csq);
          order.verify(callbacks).removeIrp(csq, irp);
          order.verify(callbacks).releaseLock(csq, level);
          order.verify(callbacks).completeCanceledIrp(csq, irp);
          verifyNoMoreInteractions(callbacks);
          assertEquals(level, Ke.getCurrentIrql());
          assertEquals(NtStatus.STATUS_CANCELLED, irp.userIosb().status());
          assertEquals(0, irp.userIosb().information());
          Ke.lowerIrql(old);
        });
  }

  @Test
  @Statement({38, 39})
  void releasesTheCancelSpinLockBeforeItTakesTheQueuesLock() {
    onMachine(
        driver -> {
          Irp irp = queued(driver);
          Irql old = Ke.raiseIrql(Irql.APC_LEVEL);
          doAnswer(
                  call -> {
                    assertEquals(0, Activity.current().spinLocksHeld());
                    assertEquals(Irql.APC_LEVEL, Ke.getCurrentIrql());
                    driver.io.releaseCancelSpinLock(driver.io.acquireCancelSpinLock());
                    return fifo.acquireLock(csq);
                  })
              .when(callbacks)
              .acquireLock(any());
          driver.io.cancelIrp(irp);
          inOrder(callbacks).verify(callbacks).acquireLock(csq);
          Ke.lowerIrql(old);
        });
  }

  @Test
  @Statement({40, 41})
  void breaksTheAssociationUnderTheLock() {
    onMachine(
        driver -> {
          Irp irp = queued(driver);
          doAnswer(
                  call -> {
                    assertEquals(1, Activity.current().spinLocksHeld());
                    assertSame(irp, context.irpIn(csq));
                    fifo.removeIrp(csq, irp);
                    return null;
                  })
              .when(callbacks)
              .removeIrp(any(), any());
          doAnswer(
                  call -> {
                    assertNull(context.irpIn(csq));
                    assertNull(irp.driverContext(3));
                    assertFalse(irp.listEntry().isLinked());
                    fifo.releaseLock(csq, call.getArgument(1));
                    return null;
                  })
              .when(callbacks)
              .releaseLock(any(), any());
          driver.io.cancelIrp(irp);
          assertEquals(NtStatus.STATUS_CANCELLED, irp.userIosb().status());
        });
  }

  @Test
  @Statement(42)
  void completesWithNoLockHeld() {
    onMachine(
        driver -> {
          Irp irp = queued(driver);
          doAnswer(
                  call -> {
                    TestDriver.assertAtPassiveLevelWithoutLock();
                    csq.insertIrp(driver.irp(), context);
                    fifo.completeCanceledIrp(csq, irp);
                    return null;
                  })
              .when(callbacks)
              .completeCanceledIrp(any(), any());
          driver.io.cancelIrp(irp);
          assertEquals(NtStatus.STATUS_CANCELLED, irp.userIosb().status());
        });
  }

  @Test
  void findsItsQueueWithAndWithoutAContext() {
    onMachine(
        driver -> {
          Irp with = queued(driver);
          Irp without = driver.irp();
          IoCsq other = new IoCsq();
          other.initialize(new FifoCallbacks("other"));
          other.insertIrp(without, null);
          driver.io.cancelIrp(without);
          driver.io.cancelIrp(with);
          assertNull(csq.removeNextIrp(null));
          assertNull(other.removeNextIrp(null));
          assertEquals(NtStatus.STATUS_CANCELLED, with.userIosb().status());
          assertEquals(NtStatus.STATUS_CANCELLED, without.userIosb().status());
        });
  }

  @Test
  void cancellingTwiceCallsItOnce() {
    onMachine(
        driver -> {
          Irp irp = queued(driver);
          assertTrue(driver.io.cancelIrp(irp));
          clearInvocations(callbacks);
          assertFalse(driver.io.cancelIrp(irp));
          verifyNoMoreInteractions(callbacks);
        });
  }
}
