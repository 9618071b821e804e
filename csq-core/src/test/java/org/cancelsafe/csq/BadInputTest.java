package org.cancelsafe.csq;

import static org.cancelsafe.csq.TestDriver.onMachine;
import static org.cancelsafe.csq.TestDriver.stops;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a driver can get wrong in its calls: each is said clearly and spoils nothing. */
class BadInputTest {
  private final IoCsq csq = new IoCsq();

  BadInputTest() {
    csq.initialize(new FifoCallbacks("queue"));
  }

  /** A queue that does not use the IRP's list entry. */
  private static final class QueueCallbacks implements CsqCallbacks {
    private final Queue<Irp> queue = new ArrayDeque<>();

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      queue.add(irp);
    }

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      queue.remove(irp);
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      Iterator<Irp> all = queue.iterator();
      while (irp != null && all.hasNext() && all.next() != irp) {
        continue;
      }
      return all.hasNext() ? all.next() : null;
    }

    @Override
    public Irql acquireLock(IoCsq csq) {
      return Irql.PASSIVE_LEVEL;
    }

    @Override
    public void releaseLock(IoCsq csq, Irql irql) {}

    @Override
    public void completeCanceledIrp(IoCsq csq, Irp irp) {
      TestDriver.complete(irp);
    }
  }

  private static <T> T nothing() {
    return null;
  }

  @Test
  void nullArguments() {
    onMachine(
        driver -> {
          assertNames("callbacks", () -> csq.initialize(nothing()));
          assertNames("callbacks", () -> csq.initializeEx(nothing()));
          assertNames("irp", () -> csq.insertIrp(nothing(), null));
          assertNames("irp", () -> csq.insertIrpEx(nothing(), null, null));
          assertNames("context", () -> csq.removeIrp(nothing()));
          Irp irp = driver.irp();
          csq.insertIrp(irp, null);
          assertSame(irp, csq.removeNextIrp(null));
          TestDriver.assertAtPassiveLevelWithoutLock();
        });
  }

  private static void assertNames(String parameter, Runnable call) {
    assertEquals(parameter, assertThrows(NullPointerException.class, call::run).getMessage());
  }

  @ParameterizedTest
  @MethodSource("org.cancelsafe.csq.QueueRulesTest#calls")
  void aQueueThatIsNotInitialised(QueueRulesTest.Call call) {
    onMachine(
        driver -> {
          IllegalStateException problem =
              assertThrows(IllegalStateException.class, () -> call.on(new IoCsq(), driver.irp()));
          assertTrue(problem.getMessage().contains("not initialised"), problem.getMessage());
          TestDriver.assertAtPassiveLevelWithoutLock();
        });
  }

  @Test
  void anIrpThatIsInTheQueueAlready() {
    stops(
        Rule.CORRUPT_LIST_ENTRY,
        driver -> {
          Irp irp = driver.irp();
          csq.insertIrp(irp, null);
          csq.insertIrp(irp, null);
        });
  }

  @Test
  void anIrpThatIsInAnotherQueue() {
    stops(
        Rule.CORRUPT_LIST_ENTRY,
        driver -> {
          IoCsq other = new IoCsq();
          other.initialize(new FifoCallbacks("other"));
          Irp irp = driver.irp();
          csq.insertIrp(irp, new IoCsqIrpContext());
          other.insertIrp(irp, new IoCsqIrpContext());
        });
  }

  @Test
  void anIrpThatIsAlreadyInAQueueWithoutLinks() {
    stops(
        Rule.CORRUPT_LIST_ENTRY,
        driver -> {
          csq.initialize(new QueueCallbacks());
          Irp irp = driver.irp();
          csq.insertIrp(irp, null);
          csq.insertIrp(irp, null);
        });
  }

  @Test
  void aQueueWithoutLinksWorks() {
    onMachine(
        driver -> {
          csq.initialize(new QueueCallbacks());
          Irp irp = driver.irp();
          for (int round = 0; round < 2; round++) {
            csq.insertIrp(irp, null);
            assertSame(irp, csq.removeNextIrp(null));
          }
        });
  }

  @Test
  void anIrpThatWasCompleted() {
    stops(
        Rule.IRP_TOUCHED_AFTER_COMPLETION,
        driver -> {
          Irp irp = driver.irp();
          TestDriver.complete(irp);
          csq.insertIrp(irp, null);
        });
  }

  @Test
  void aContextThatIsInUse() {
    onMachine(
        driver -> {
          IoCsqIrpContext context = new IoCsqIrpContext();
          Irp first = driver.irp();
          Irp second = driver.irp();
          csq.insertIrp(first, context);
          IllegalStateException problem =
              assertThrows(IllegalStateException.class, () -> csq.insertIrp(second, context));
          assertTrue(problem.getMessage().contains("in use"), problem.getMessage());
          TestDriver.assertAtPassiveLevelWithoutLock();
          csq.insertIrp(second, null);
          assertSame(first, csq.removeIrp(context));
          assertSame(second, csq.removeNextIrp(null));
        });
  }

  @Test
  void theContextOfAnotherQueue() {
    onMachine(
        driver -> {
          IoCsq other = new IoCsq();
          other.initialize(new FifoCallbacks("other"));
          IoCsqIrpContext context = new IoCsqIrpContext();
          Irp irp = driver.irp();
          csq.insertIrp(irp, context);
          IllegalArgumentException problem =
              assertThrows(IllegalArgumentException.class, () -> other.removeIrp(context));
          assertTrue(problem.getMessage().contains("another queue"), problem.getMessage());
          TestDriver.assertAtPassiveLevelWithoutLock();
          assertSame(irp, csq.removeIrp(context));
        });
  }

  @Test
  void aRemovedContextMeansNothingToAnyQueue() {
    onMachine(
        driver -> {
          IoCsq other = new IoCsq();
          other.initialize(new FifoCallbacks("other"));
          IoCsqIrpContext context = new IoCsqIrpContext();
          csq.insertIrp(driver.irp(), context);
          csq.removeIrp(context);
          assertNull(csq.removeIrp(context));
          assertNull(other.removeIrp(context));
        });
  }

  @Test
  void aQueueOffTheMachine() {
    IllegalStateException problem = assertThrows(IllegalStateException.class, () -> csq.removeNextIrp(null));
    assertTrue(problem.getMessage().startsWith("not on a machine"), problem.getMessage());
  }

  @Test
  void anElementOfDriverContextThatTheDriverOverwrote() {
    onMachine(
        driver -> {
          Irp irp = driver.irp();
          csq.insertIrp(irp, null);
          irp.setDriverContext(3, "the driver's own");
          IllegalStateException problem =
              assertThrows(IllegalStateException.class, () -> driver.io.cancelIrp(irp));
          assertTrue(problem.getMessage().contains("DriverContext[3]"), problem.getMessage());
          TestDriver.assertAtPassiveLevelWithoutLock();
        });
  }
}
