package org.cancelsafe.csq;

import static org.cancelsafe.csq.TestDriver.onMachine;
import static org.cancelsafe.emu.machine.Irql.PASSIVE_LEVEL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
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

import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;

/** {@code IoCsqRemoveIrp}. */
class RemoveIrpTest {
  private final FifoCallbacks fifo = new FifoCallbacks("queue");
  private final CsqCallbacks callbacks = mock(CsqCallbacks.class, delegatesTo(fifo));
  private final IoCsq csq = new IoCsq();
  private final IoCsqIrpContext context = new IoCsqIrpContext();

  RemoveIrpTest() {
    csq.initialize(callbacks);
  }

  private Irp queued(TestDriver driver) {
    Irp irp = driver.irp();
    csq.insertIrp(irp, context);
    clearInvocations(callbacks);
    return irp;
  }

  @Test
  @Statement({22, 28, 29})
  void removesTheIrpThatTheContextRemembers() {
    onMachine(
        driver -> {
          csq.insertIrp(driver.irp(), null);
          Irp irp = queued(driver);
          doAnswer(
                  call -> {
                    assertNull(context.irpIn(csq));
                    fifo.releaseLock(csq, PASSIVE_LEVEL);
                    return null;
                  })
              .when(callbacks)
              .releaseLock(any(), any());
          assertSame(irp, csq.removeIrp(context));
          InOrder order = inOrder(callbacks);
          order.verify(callbacks).acquireLock(csq);
          order.verify(callbacks).removeIrp(csq, irp);
          order.verify(callbacks).releaseLock(csq, PASSIVE_LEVEL);
          verifyNoMoreInteractions(callbacks);
          assertNull(irp.cancelRoutine());
          assertTrue(irp.isMarkedPending());
          assertNull(irp.driverContext(3));
          TestDriver.assertAtPassiveLevelWithoutLock();
        });
  }

  @Test
  @Statement(5)
  void theAssociationLastsUntilTheCallbackHasRun() {
    onMachine(
        driver -> {
          Irp irp = queued(driver);
          doAnswer(
                  call -> {
                    assertSame(irp, context.irpIn(csq));
                    assertNull(irp.cancelRoutine());
                    fifo.removeIrp(csq, irp);
                    return null;
                  })
              .when(callbacks)
              .removeIrp(any(), any());
          assertSame(irp, csq.removeIrp(context));
        });
  }

  private void assertNothingToRemove() {
    clearInvocations(callbacks);
    assertNull(csq.removeIrp(context));
    InOrder order = inOrder(callbacks);
    order.verify(callbacks).acquireLock(csq);
    order.verify(callbacks).releaseLock(csq, PASSIVE_LEVEL);
    verifyNoMoreInteractions(callbacks);
    TestDriver.assertAtPassiveLevelWithoutLock();
  }

  @Test
  @Statement(24)
  void aContextThatWasNeverUsedRemembersNothing() {
    onMachine(driver -> assertNothingToRemove());
  }

  @Test
  @Statement(23)
  void aCancelledIrpIsNotThere() {
    onMachine(
        driver -> {
          Irp irp = queued(driver);
          driver.io.cancelIrp(irp);
          assertNothingToRemove();
          assertEquals(NtStatus.STATUS_CANCELLED, irp.userIosb().status());
        });
  }

  @Test
  @Statement({24, 26})
  void theSecondTimeThereIsNothing() {
    onMachine(
        driver -> {
          Irp irp = queued(driver);
          assertSame(irp, csq.removeIrp(context));
          assertNothingToRemove();
        });
  }

  @Test
  @Statement(27)
  void whatWasRemovedAsTheNextIsNotThere() {
    onMachine(
        driver -> {
          Irp irp = queued(driver);
          assertSame(irp, csq.removeNextIrp(null));
          assertNothingToRemove();
        });
  }

  @Test
  @Statement({23, 25})
  void anIrpThatIsBeingCancelledStaysLinkedForItsCancelRoutine() {
    onMachine(
        driver -> {
          Irp irp = queued(driver);
          AtomicInteger acquires = new AtomicInteger();
          doAnswer(
                  call -> {
                    if (acquires.incrementAndGet() == 1) {
                      assertNull(irp.cancelRoutine());
                      assertNothingToRemove();
                      assertTrue(irp.listEntry().isLinked());
                      assertSame(irp, context.irpIn(csq));
                    }
                    return fifo.acquireLock(csq);
                  })
              .when(callbacks)
              .acquireLock(any());
          assertTrue(driver.io.cancelIrp(irp));
          assertEquals(2, acquires.get());
          assertEquals(NtStatus.STATUS_CANCELLED, irp.userIosb().status());
        });
  }

  @Test
  void aContextCanBeUsedForOneIrpAfterTheOther() {
    onMachine(
        driver -> {
          for (int round = 0; round < 3; round++) {
            Irp irp = queued(driver);
            assertNotNull(irp.cancelRoutine());
            assertSame(irp, csq.removeIrp(context));
            TestDriver.complete(irp);
          }
        });
  }
}
