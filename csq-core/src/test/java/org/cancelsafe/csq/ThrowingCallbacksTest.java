package org.cancelsafe.csq;

import static org.cancelsafe.csq.TestDriver.onMachine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.isNotNull;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;

import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A callback that throws: the exception comes out, the lock is released, and no IRP is lost. */
class ThrowingCallbacksTest {
  private static final RuntimeException FAILURE = new RuntimeException("the driver's callback failed");

  private final FifoCallbacks fifo = new FifoCallbacks("queue");
  private final CsqCallbacks callbacks = mock(CsqCallbacks.class, delegatesTo(fifo));
  private final IoCsq csq = new IoCsq();
  private final IoCsqIrpContext context = new IoCsqIrpContext();

  ThrowingCallbacksTest() {
    csq.initialize(callbacks);
  }

  private Irp queued(TestDriver driver) {
    Irp irp = driver.irp();
    csq.insertIrp(irp, context);
    return irp;
  }

  private CsqCallbacks failingOnce() {
    return doThrow(FAILURE).doAnswer(call -> call.getMethod().invoke(fifo, call.getArguments())).when(callbacks);
  }

  private static void assertFails(Executable call) {
    assertSame(FAILURE, assertThrows(RuntimeException.class, call));
    TestDriver.assertAtPassiveLevelWithoutLock();
  }

  /** That the queue is usable, and that this IRP is what is in it and can be had in every way. */
  private void assertStillQueued(Irp irp) {
    assertTrue(irp.isMarkedPending());
    assertNotNull(irp.cancelRoutine());
    assertSame(irp, csq.removeIrp(context));
    csq.insertIrpEx(irp, context, null);
    if (irp.userIosb().status() == null) {
      irp.io().cancelIrp(irp);
    }
    assertEquals(NtStatus.STATUS_CANCELLED, irp.userIosb().status());
    assertNull(csq.removeNextIrp(null));
  }

  /** That the IRP is not in the queue, and neither it nor the context is spoilt. */
  private void assertStillItsCallers(Irp irp) {
    assertNull(irp.cancelRoutine());
    assertFalse(irp.isMarkedPending());
    assertNull(csq.removeIrp(context));
    assertNull(csq.removeNextIrp(null));
    csq.insertIrp(irp, context);
    assertStillQueued(irp);
  }

  @Test
  void acquireInInsert() {
    onMachine(
        driver -> {
          Irp irp = driver.irp();
          failingOnce().acquireLock(any());
          assertFails(() -> csq.insertIrp(irp, context));
          assertStillItsCallers(irp);
        });
  }

  @Test
  void acquireInRemoveIrp() {
    onMachine(
        driver -> {
          Irp irp = queued(driver);
          failingOnce().acquireLock(any());
          assertFails(() -> csq.removeIrp(context));
          assertStillQueued(irp);
        });
  }

  @Test
  void acquireInRemoveNextIrp() {
    onMachine(
        driver -> {
          Irp irp = queued(driver);
          failingOnce().acquireLock(any());
          assertFails(() -> csq.removeNextIrp(null));
          assertStillQueued(irp);
        });
  }

  @Test
  void acquireInTheCancelRoutine() {
    onMachine(
        driver -> {
          Irp irp = queued(driver);
          failingOnce().acquireLock(any());
          assertFails(() -> driver.io.cancelIrp(irp));
          assertStillQueued(irp);
        });
  }

  @Test
  void insert() {
    onMachine(
        driver -> {
          Irp irp = driver.irp();
          failingOnce().insertIrp(any(), any());
          assertFails(() -> csq.insertIrp(irp, context));
          assertStillItsCallers(irp);
        });
  }

  @Test
  void insertEx() {
    FileObjectCallbacks perFile = new FileObjectCallbacks("queue");
    CsqCallbacksEx extended = mock(CsqCallbacksEx.class, delegatesTo(perFile));
    csq.initializeEx(extended);
    onMachine(
        driver -> {
          Irp irp = driver.irp();
          doThrow(FAILURE)
              .doAnswer(call -> perFile.insertIrpEx(csq, irp, null))
              .when(extended)
              .insertIrpEx(any(), any(), any());
          assertFails(() -> csq.insertIrpEx(irp, context, null));
          assertStillItsCallers(irp);
        });
  }

  @Test
  void removeInInsert() {
    onMachine(
        driver -> {
          Irp irp = driver.irp();
          driver.io.cancelIrp(irp);
          failingOnce().removeIrp(any(), any());
          assertFails(() -> csq.insertIrp(irp, context));
          assertStillQueued(irp);
        });
  }

  @Test
  void removeInRemoveIrp() {
    onMachine(
        driver -> {
          Irp irp = queued(driver);
          failingOnce().removeIrp(any(), any());
          assertFails(() -> csq.removeIrp(context));
          assertStillQueued(irp);
        });
  }

  @Test
  void removeInRemoveNextIrp() {
    onMachine(
        driver -> {
          Irp irp = queued(driver);
          failingOnce().removeIrp(any(), any());
          assertFails(() -> csq.removeNextIrp(null));
          assertStillQueued(irp);
        });
  }

  @Test
  void removeInTheCancelRoutine() {
    onMachine(
        driver -> {
          Irp irp = queued(driver);
          failingOnce().removeIrp(any(), any());
          assertFails(() -> driver.io.cancelIrp(irp));
          assertStillQueued(irp);
        });
  }

  @Test
  void peek() {
    onMachine(
        driver -> {
          Irp irp = queued(driver);
          failingOnce().peekNextIrp(any(), any(), any());
          assertFails(() -> csq.removeNextIrp(null));
          assertStillQueued(irp);
        });
  }

  @Test
  void theSecondPeek() {
    onMachine(
        driver -> {
          Irp irp = queued(driver);
          AtomicInteger acquires = new AtomicInteger();
          doAnswer(
                  call -> {
                    if (acquires.incrementAndGet() == 1) {
                      failingOnce().peekNextIrp(any(), isNotNull(), any());
                      assertFails(() -> csq.removeNextIrp(null));
                    }
                    return fifo.acquireLock(csq);
                  })
              .when(callbacks)
              .acquireLock(any());
          driver.io.cancelIrp(irp);
          assertEquals(NtStatus.STATUS_CANCELLED, irp.userIosb().status());
          assertNull(csq.removeNextIrp(null));
        });
  }

  @Test
  void completeCanceledInInsert() {
    onMachine(
        driver -> {
          Irp irp = driver.irp();
          driver.io.cancelIrp(irp);
          failingOnce().completeCanceledIrp(any(), any());
          assertFails(() -> csq.insertIrp(irp, context));
          assertCompletedByTheQueue(irp);
        });
  }

  @Test
  void completeCanceledInTheCancelRoutine() {
    onMachine(
        driver -> {
          Irp irp = queued(driver);
          failingOnce().completeCanceledIrp(any(), any());
          assertFails(() -> driver.io.cancelIrp(irp));
          assertCompletedByTheQueue(irp);
        });
  }

  private void assertCompletedByTheQueue(Irp irp) {
    assertEquals(NtStatus.STATUS_CANCELLED, irp.userIosb().status());
    assertEquals(0, irp.userIosb().information());
    assertNull(csq.removeIrp(context));
    assertNull(csq.removeNextIrp(null));
  }

  @Test
  void completeCanceledAfterCompleting() {
    onMachine(
        driver -> {
          Irp irp = queued(driver);
          completesThenFails();
          assertFails(() -> driver.io.cancelIrp(irp));
          assertCompletedByTheQueue(irp);
        });
  }

  @Test
  void completeCanceledAfterCompletingForARequesterWhoFreesTheIrp() {
    onMachine(
        driver -> {
          Irp irp = driver.io.buildRequest(driver.file, MajorFunction.IRP_MJ_READ);
          irp.setCompletionRoutine(
              (device, done, nothing) -> {
                assertEquals(NtStatus.STATUS_CANCELLED, done.status());
                done.io().freeIrp(done);
                return NtStatus.STATUS_MORE_PROCESSING_REQUIRED;
              },
              null,
              true,
              true,
              true);
          irp.setNextStackLocation();
          csq.insertIrp(irp, context);
          completesThenFails();
          assertFails(() -> driver.io.cancelIrp(irp));
        });
  }

  private void completesThenFails() {
    doAnswer(
            call -> {
              fifo.completeCanceledIrp(csq, call.getArgument(1));
              throw FAILURE;
            })
        .when(callbacks)
        .completeCanceledIrp(any(), any());
  }
}
