package org.cancelsafe.csq;

import static org.cancelsafe.csq.TestDriver.onMachine;
import static org.cancelsafe.emu.machine.Irql.PASSIVE_LEVEL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.same;
import static org.mockito.Mockito.clearInvocations;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verifyNoMoreInteractions;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.fidelity.Statement;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;

/** {@code IoCsqRemoveNextIrp}. */
class RemoveNextIrpTest {
  private final FifoCallbacks fifo = new FifoCallbacks("queue");
  private final CsqCallbacks callbacks = mock(CsqCallbacks.class, delegatesTo(fifo));
  private final IoCsq csq = new IoCsq();

  RemoveNextIrpTest() {
    csq.initialize(callbacks);
  }

  private Irp queued(TestDriver driver) {
    Irp irp = driver.irp();
    csq.insertIrp(irp, null);
    clearInvocations(callbacks);
    return irp;
  }

  /** Cancels the IRP, and does this after IoCancelIrp took its routine and before the routine has the lock. */
  private void whileBeingCancelled(Irp irp, Runnable meanwhile) {
    AtomicInteger acquires = new AtomicInteger();
    doAnswer(
            call -> {
              if (acquires.incrementAndGet() == 1) {
                clearInvocations(callbacks);
                meanwhile.run();
              }
              return fifo.acquireLock(csq);
            })
        .when(callbacks)
        .acquireLock(any());
    assertTrue(irp.io().cancelIrp(irp));
    assertTrue(acquires.get() > 0);
    assertEquals(NtStatus.STATUS_CANCELLED, irp.userIosb().status());
  }

  @Test
  @Statement({28, 29, 30, 31})
  void removesWhatThePeekFinds() {
    onMachine(
        driver -> {
          Irp irp = queued(driver);
          Object peekContext = driver.file;
          assertSame(irp, csq.removeNextIrp(peekContext));
          InOrder order = inOrder(callbacks);
          order.verify(callbacks).acquireLock(csq);
          order.verify(callbacks).peekNextIrp(csq, null, peekContext);
          order.verify(callbacks).removeIrp(csq, irp);
          order.verify(callbacks).releaseLock(csq, PASSIVE_LEVEL);
          verifyNoMoreInteractions(callbacks);
          assertNull(irp.cancelRoutine());
          assertNull(irp.driverContext(3));
          assertTrue(irp.isMarkedPending());
          TestDriver.assertAtPassiveLevelWithoutLock();
        });
  }

  @Test
  @Statement({33, 36})
  void nothingMatches() {
    onMachine(
        driver -> {
          queued(driver);
          assertNothingFound(driver.open("another file"));
        });
  }

  @Test
  @Statement({30, 33})
  void theQueueIsEmpty() {
    onMachine(driver -> assertNothingFound(null));
  }

  private void assertNothingFound(@Nullable Object peekContext) {
    assertNull(csq.removeNextIrp(peekContext));
    InOrder order = inOrder(callbacks);
    order.verify(callbacks).acquireLock(csq);
    order.verify(callbacks).peekNextIrp(csq, null, peekContext);
    order.verify(callbacks).releaseLock(csq, PASSIVE_LEVEL);
    verifyNoMoreInteractions(callbacks);
    TestDriver.assertAtPassiveLevelWithoutLock();
  }

  @Test
  @Statement({31, 32, 34})
  void skipsAnIrpThatIsBeingCancelled() {
    onMachine(
        driver -> {
          Irp dying = queued(driver);
          Irp next = queued(driver);
          Object peekContext = driver.file;
          whileBeingCancelled(
              dying,
              () -> {
                assertSame(next, csq.removeNextIrp(peekContext));
                InOrder order = inOrder(callbacks);
                order.verify(callbacks).acquireLock(csq);
                order.verify(callbacks).peekNextIrp(csq, null, peekContext);
                order.verify(callbacks).peekNextIrp(same(csq), same(dying), same(peekContext));
                order.verify(callbacks).removeIrp(csq, next);
                order.verify(callbacks).releaseLock(csq, PASSIVE_LEVEL);
                verifyNoMoreInteractions(callbacks);
                assertTrue(dying.listEntry().isLinked());
              });
        });
  }

  @Test
  @Statement({32, 33, 34})
  void findsNothingBehindTheOnlyOneThatIsBeingCancelled() {
    onMachine(
        driver -> {
          Irp dying = queued(driver);
          whileBeingCancelled(
              dying,
              () -> {
                assertNull(csq.removeNextIrp(null));
                InOrder order = inOrder(callbacks);
                order.verify(callbacks).acquireLock(csq);
                order.verify(callbacks).peekNextIrp(csq, null, null);
                order.verify(callbacks).peekNextIrp(csq, dying, null);
                order.verify(callbacks).releaseLock(csq, PASSIVE_LEVEL);
                verifyNoMoreInteractions(callbacks);
              });
        });
  }

  @Test
  @Statement({32, 34})
  void goesPastSeveral() {
    onMachine(
        driver -> {
          List<Irp> dying = new ArrayList<>();
          for (int i = 0; i < 4; i++) {
            dying.add(queued(driver));
          }
          Irp alive = queued(driver);
          cancelAllThen(dying, 0, () -> assertSame(alive, csq.removeNextIrp(driver.file)));
          assertNull(csq.removeNextIrp(null));
        });
  }

  private void cancelAllThen(List<Irp> dying, int from, Runnable then) {
    if (from == dying.size()) {
      then.run();
    } else {
      whileBeingCancelled(dying.get(from), () -> cancelAllThen(dying, from + 1, then));
    }
  }

  @Test
  @Statement(35)
  void theRoutineDecidesAndNotTheFlag() {
    onMachine(
        driver -> {
          Irp irp = queued(driver);
          RuntimeException failure = new RuntimeException("the cancel routine cannot remove it");
          doThrow(failure).when(callbacks).removeIrp(csq, irp);
          assertSame(failure, assertThrows(RuntimeException.class, () -> driver.io.cancelIrp(irp)));
          csq.initialize(fifo);
          assertTrue(irp.cancel());
          assertSame(irp, csq.removeNextIrp(null));
          TestDriver.complete(irp);
        });
  }

  @Test
  void breaksTheAssociationBeforeItReleasesTheLock() {
    onMachine(
        driver -> {
          IoCsqIrpContext context = new IoCsqIrpContext();
          Irp irp = driver.irp();
          csq.insertIrp(irp, context);
          doAnswer(
                  call -> {
                    assertNull(context.irpIn(csq));
                    fifo.releaseLock(csq, PASSIVE_LEVEL);
                    return null;
                  })
              .when(callbacks)
              .releaseLock(any(), any());
          assertSame(irp, csq.removeNextIrp(null));
        });
  }
}
