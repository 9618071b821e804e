package org.cancelsafe.csq;

import static org.cancelsafe.csq.TestDriver.onMachine;
import static org.cancelsafe.emu.machine.Irql.PASSIVE_LEVEL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verifyNoMoreInteractions;

import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;

/** {@code IoCsqInsertIrp}: what it calls, in which order, and how it leaves the IRP. */
class InsertTest {
  private final FifoCallbacks fifo = new FifoCallbacks("queue");
  private final CsqCallbacks callbacks = mock(CsqCallbacks.class, delegatesTo(fifo));
  private final IoCsq csq = new IoCsq();

  InsertTest() {
    csq.initialize(callbacks);
  }

  @Test
  @Statement({4, 8, 37})
  void insertsUnderTheLock() {
    onMachine(
        driver -> {
          Irp irp = driver.irp();
          csq.insertIrp(irp, null);
          InOrder order = inOrder(callbacks);
          order.verify(callbacks).acquireLock(csq);
          order.verify(callbacks).insertIrp(csq, irp);
          order.verify(callbacks).releaseLock(csq, PASSIVE_LEVEL);
          verifyNoMoreInteractions(callbacks);
          assertNotNull(irp.cancelRoutine());
          assertTrue(irp.isMarkedPending());
          TestDriver.assertAtPassiveLevelWithoutLock();
        });
  }

  @Test
  @Statement(5)
  void associatesTheContextBeforeTakingTheLock() {
    onMachine(
        driver -> {
          Irp irp = driver.irp();
          IoCsqIrpContext context = new IoCsqIrpContext();
          doAnswer(
                  call -> {
                    assertSame(irp, context.irpIn(csq));
                    return fifo.acquireLock(csq);
                  })
              .when(callbacks)
              .acquireLock(any());
          csq.insertIrp(irp, context);
          assertSame(irp, context.irpIn(csq));
        });
  }

  @Test
  @Statement({6, 7})
  void marksPendingAndArmsBetweenCallbackAndRelease() {
    onMachine(
        driver -> {
          Irp irp = driver.irp();
          doAnswer(
                  call -> {
                    assertFalse(irp.isMarkedPending());
                    assertNull(irp.cancelRoutine());
                    fifo.insertIrp(csq, irp);
                    return null;
                  })
              .when(callbacks)
              .insertIrp(any(), any());
          doAnswer(
                  call -> {
                    assertTrue(irp.isMarkedPending());
                    assertNotNull(irp.cancelRoutine());
                    fifo.releaseLock(csq, PASSIVE_LEVEL);
                    return null;
                  })
              .when(callbacks)
              .releaseLock(any(), any());
          csq.insertIrp(irp, null);
          inOrder(callbacks).verify(callbacks).releaseLock(csq, PASSIVE_LEVEL);
        });
  }

  @Test
  @Statement(37)
  void givesTheLockBackWhatItStored() {
    CsqCallbacks strange = mock(CsqCallbacks.class);
    doAnswer(call -> Irql.DIRQL_7).when(strange).acquireLock(any());
    onMachine(
        driver -> {
          IoCsq queue = new IoCsq();
          queue.initialize(strange);
          Irp irp = driver.irp();
          queue.insertIrp(irp, null);
          queue.removeNextIrp("nothing");
          irp.io().cancelIrp(irp);
          InOrder order = inOrder(strange);
          for (int call = 0; call < 3; call++) {
            order.verify(strange).acquireLock(queue);
            order.verify(strange).releaseLock(queue, Irql.DIRQL_7);
          }
        });
  }

  @Test
  @Statement({9, 10, 42})
  void completesWhatWasCancelledBefore() {
    onMachine(
        driver -> {
          Irp irp = driver.irp();
          doAnswer(
                  call -> {
                    TestDriver.assertAtPassiveLevelWithoutLock();
                    assertNull(irp.cancelRoutine());
                    assertTrue(irp.isMarkedPending());
                    fifo.completeCanceledIrp(csq, irp);
                    return null;
                  })
              .when(callbacks)
              .completeCanceledIrp(any(), any());
          assertFalse(driver.io.cancelIrp(irp));
          csq.insertIrp(irp, null);
          InOrder order = inOrder(callbacks);
          order.verify(callbacks).acquireLock(csq);
          order.verify(callbacks).insertIrp(csq, irp);
          order.verify(callbacks).removeIrp(csq, irp);
          order.verify(callbacks).releaseLock(csq, PASSIVE_LEVEL);
          order.verify(callbacks).completeCanceledIrp(csq, irp);
          verifyNoMoreInteractions(callbacks);
          assertEquals(NtStatus.STATUS_CANCELLED, irp.userIosb().status());
          assertEquals(0, irp.userIosb().information());
        });
  }

  @Test
  void breaksTheAssociationOfWhatWasCancelledBefore() {
    onMachine(
        driver -> {
          Irp irp = driver.irp();
          IoCsqIrpContext context = new IoCsqIrpContext();
          doAnswer(
                  call -> {
                    assertNull(context.irpIn(csq));
                    assertNull(irp.userIosb().status() == null ? irp.driverContext(3) : null);
                    fifo.releaseLock(csq, call.getArgument(1));
                    return null;
                  })
              .when(callbacks)
              .releaseLock(any(), any());
          driver.io.cancelIrp(irp);
          csq.insertIrp(irp, context);
          assertEquals(NtStatus.STATUS_CANCELLED, irp.userIosb().status());
          assertNull(csq.removeIrp(context));
        });
  }
}
