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
import static org.mockito.ArgumentMatchers.same;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoMoreInteractions;

import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.InOrder;

/** {@code IoCsqInsertIrpEx} on both kinds of queue. */
class InsertExTest {
  private final CsqCallbacksEx callbacks =
      mock(CsqCallbacksEx.class, delegatesTo(new FileObjectCallbacks("queue")));
  private final IoCsq csq = new IoCsq();

  InsertExTest() {
    csq.initializeEx(callbacks);
  }

  @Test
  @Statement({12, 13})
  void anOrdinaryQueueIgnoresTheInsertContext() {
    CsqCallbacks ordinary = mock(CsqCallbacks.class, delegatesTo(new FifoCallbacks("ordinary")));
    IoCsq queue = new IoCsq();
    queue.initialize(ordinary);
    onMachine(
        driver -> {
          Irp irp = driver.irp();
          assertEquals(NtStatus.STATUS_SUCCESS, queue.insertIrpEx(irp, null, new Object()));
          verifyTraceOf(ordinary, queue, irp);
          Irp cancelled = driver.irp();
          driver.io.cancelIrp(cancelled);
          assertEquals(NtStatus.STATUS_SUCCESS, queue.insertIrpEx(cancelled, null, new Object()));
          assertEquals(NtStatus.STATUS_CANCELLED, cancelled.userIosb().status());
        });
  }

  private static void verifyTraceOf(CsqCallbacks ordinary, IoCsq queue, Irp irp) {
    InOrder order = inOrder(ordinary);
    order.verify(ordinary).acquireLock(queue);
    order.verify(ordinary).insertIrp(queue, irp);
    order.verify(ordinary).releaseLock(queue, PASSIVE_LEVEL);
    verifyNoMoreInteractions(ordinary);
  }

  @Test
  @Statement(14)
  void passesTheInsertContext() {
    onMachine(
        driver -> {
          Irp irp = driver.irp();
          Object insertContext = new Object();
          assertEquals(NtStatus.STATUS_SUCCESS, csq.insertIrpEx(irp, null, insertContext));
          InOrder order = inOrder(callbacks);
          order.verify(callbacks).acquireLock(csq);
          order.verify(callbacks).insertIrpEx(same(csq), same(irp), same(insertContext));
          order.verify(callbacks).releaseLock(csq, PASSIVE_LEVEL);
          verifyNoMoreInteractions(callbacks);
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {0x00000000, 0x00000103, 0x40000000, 0x7FFFFFFF})
  @Statement(15)
  void everySuccessCodeIsReturnedAndQueues(int code) {
    onMachine(
        driver -> {
          NtStatus status = NtStatus.of(code);
          doReturn(status).when(callbacks).insertIrpEx(any(), any(), any());
          Irp irp = driver.irp();
          assertSame(status, csq.insertIrpEx(irp, null, null));
          assertTrue(irp.isMarkedPending());
          assertNotNull(irp.cancelRoutine());
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {0x80000011, 0xC0000001, 0xC0000128, 0xFFFFFFFF})
  @Statement({15, 16, 17, 18, 19})
  void everyErrorCodeIsReturnedAndLeavesTheIrpItsCallers(int code) {
    onMachine(
        driver -> {
          NtStatus status = NtStatus.of(code);
          doReturn(status).when(callbacks).insertIrpEx(any(), any(), any());
          Irp irp = driver.irp();
          IoCsqIrpContext context = new IoCsqIrpContext();
          assertSame(status, csq.insertIrpEx(irp, context, null));
          verifyDeclined(irp);
          assertFalse(irp.isMarkedPending());
          assertNull(irp.cancelRoutine());
          assertNull(irp.driverContext(3));
          assertNull(context.irpIn(csq));
        });
  }

  private void verifyDeclined(Irp irp) {
    InOrder order = inOrder(callbacks);
    order.verify(callbacks).acquireLock(csq);
    order.verify(callbacks).insertIrpEx(same(csq), same(irp), any());
    order.verify(callbacks).releaseLock(csq, PASSIVE_LEVEL);
    verifyNoMoreInteractions(callbacks);
  }

  @Test
  @Statement({18, 20})
  void aCancelledIrpThatIsDeclinedIsItsCallersToo() {
    onMachine(
        driver -> {
          doReturn(NtStatus.STATUS_DEVICE_NOT_READY).when(callbacks).insertIrpEx(any(), any(), any());
          Irp irp = driver.irp();
          driver.io.cancelIrp(irp);
          assertEquals(NtStatus.STATUS_DEVICE_NOT_READY, csq.insertIrpEx(irp, null, null));
          verifyDeclined(irp);
          assertNull(irp.userIosb().status());
          TestDriver.complete(irp);
        });
  }

  @Test
  @Statement({9, 15})
  void aCancelledIrpThatIsTakenIsASuccess() {
    onMachine(
        driver -> {
          Irp irp = driver.irp();
          driver.io.cancelIrp(irp);
          assertEquals(NtStatus.STATUS_SUCCESS, csq.insertIrpEx(irp, null, null));
          InOrder order = inOrder(callbacks);
          order.verify(callbacks).acquireLock(csq);
          order.verify(callbacks).insertIrpEx(csq, irp, null);
          order.verify(callbacks).removeIrp(csq, irp);
          order.verify(callbacks).releaseLock(csq, PASSIVE_LEVEL);
          order.verify(callbacks).completeCanceledIrp(csq, irp);
          verifyNoMoreInteractions(callbacks);
          assertEquals(NtStatus.STATUS_CANCELLED, irp.userIosb().status());
        });
  }

  @Test
  @Statement(21)
  void theOrdinaryInsertUsesTheExtendedCallback() {
    onMachine(
        driver -> {
          Irp irp = driver.irp();
          csq.insertIrp(irp, null);
          verify(callbacks).insertIrpEx(csq, irp, null);
          assertSame(irp, csq.removeNextIrp(null));
        });
  }

  @Test
  @Statement(21)
  void theOrdinaryInsertCannotTellOfAFailure() {
    onMachine(
        driver -> {
          doReturn(NtStatus.STATUS_UNSUCCESSFUL).when(callbacks).insertIrpEx(any(), any(), any());
          Irp irp = driver.irp();
          csq.insertIrp(irp, null);
          verifyDeclined(irp);
          assertFalse(irp.isMarkedPending());
          assertNull(csq.removeNextIrp(null));
        });
  }

  @Test
  void aDeclinedIrpAndItsContextCanBeInsertedAgain() {
    onMachine(
        driver -> {
          IoCsqIrpContext context = new IoCsqIrpContext();
          Irp irp = driver.irp();
          doReturn(NtStatus.STATUS_DEVICE_BUSY).when(callbacks).insertIrpEx(any(), any(), any());
          csq.insertIrpEx(irp, context, null);
          IoCsq other = new IoCsq();
          other.initialize(new FifoCallbacks("other"));
          other.insertIrp(irp, context);
          assertSame(irp, other.removeIrp(context));
        });
  }
}
