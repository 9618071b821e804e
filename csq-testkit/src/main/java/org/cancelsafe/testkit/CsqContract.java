package org.cancelsafe.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.stream.Stream;
import org.cancelsafe.csq.CsqCallbacks;
import org.cancelsafe.csq.CsqCallbacksEx;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Irql;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The contract between a cancel-safe queue and the callbacks of a driver, as a suite of tests. Extend it with a factory
 * for your callbacks, and run it with JUnit:
 *
 * <pre>{@code
 * class ReadQueueContractTest extends CsqContract {
 *   @Override
 *   protected CsqCallbacks callbacks() {
 *     return new ReadQueueCallbacks();
 *   }
 * }
 * }</pre>
 *
 * <p>Callbacks that implement {@link CsqCallbacksEx} are those of an extended queue. Every callback is watched each
 * time it is called: in sequences of operations on one thread, which are followed by a walk through the whole
 * structure; in small programs of several threads, of which every schedule is explored; and in large ones on real
 * threads. A failure names the {@link Clause} that was broken, and shows the program and, where one was explored, the
 * trace.
 *
 * <p>How much is tried is counted in operations, IRPs and schedules, never in seconds. A test that a busy or slow host
 * has kept from seeing all of that is aborted, which JUnit reports, and says why.
 *
 * <p>Unless the other methods here are overridden, the queue is first in, first out, and used at every IRQL up to
 * DISPATCH_LEVEL; a peek context is a {@link FileObject} and means the IRPs of that file.
 */
@ExtendWith(HangGuard.class)
@TestMethodOrder(SmallestFirst.class)
public abstract class CsqContract {
  /** For the subclass. */
  protected CsqContract() {}

  /** Makes the callbacks of a new, empty queue. */
  protected abstract CsqCallbacks callbacks();

  /** The order in which IRPs come out. */
  protected Order order() {
    return Order.FIFO;
  }

  /** The highest IRQL at which the queue is used: APC_LEVEL when its lock is one that waits. */
  protected Irql highestIrql() {
    return Irql.DISPATCH_LEVEL;
  }

  /** The peek context that means the IRPs of this file; null when the queue looks at no peek context. */
  protected @Nullable Object peekContext(FileObject file) {
    return file;
  }

  /** The insert context that an extended queue gets with each IRP. */
  protected @Nullable Object insertContext() {
    return null;
  }

  /** Gives an IRP, before it is sent, its priority, of which 0 comes first: the length in its next stack location. */
  protected void setPriority(Irp irp, int priority) {
    irp.nextStackLocation().setLength(priority);
  }

  /** How many priorities the queue tells apart; IRPs with a higher number are given the last of these. */
  protected int priorities() {
    return 3;
  }

  /**
   * How many IRPs the queue takes at once, at least. Beyond that an extended queue may decline them, and the insert
   * callback of another one may throw; what none may do is to lose them.
   */
  protected int capacity() {
    return 8;
  }

  /**
   * What the driver does when the last handle of a file is closed: removes the file's IRPs, one after the other, and
   * completes them as cancelled.
   */
  protected void cleanup(CsqCallbacks callbacks, IoCsq csq, FileObject file) {
    Object context = peekContext(file);
    for (Irp irp = csq.removeNextIrp(context); irp != null; irp = csq.removeNextIrp(context)) {
      callbacks.completeCanceledIrp(csq, irp);
    }
  }

  /** Whether no IRP of a file gets into the queue any more once its cleanup has begun. */
  protected boolean closesFiles() {
    return false;
  }

  final Terms terms() {
    return new Terms(order(), highestIrql(), priorities(), this::setPriority);
  }

  final boolean mayDecline() {
    return callbacks() instanceof CsqCallbacksEx;
  }

  private Sequences sequences() {
    return new Sequences(this);
  }

  private boolean hasPeekContexts() {
    return sequences().hasPeekContexts();
  }

  @Test
  @DisplayName("the factory makes a new queue each time")
  void makesNewQueues() {
    CsqCallbacks first = callbacks();
    if (first == null) {
      throw new ContractViolation(Clause.NEW_QUEUE, "callbacks() returned null");
    }
    if (first == callbacks()) {
      throw new ContractViolation(Clause.NEW_QUEUE, "callbacks() returned the same object twice");
    }
  }

  @Test
  @DisplayName("IRPs go in, and come out in order")
  void insertsAndRemovesInOrder() {
    sequences().insertAndRemove();
  }

  @Test
  @DisplayName("an IRP is removed by its context, wherever it is in the queue")
  void removesByContext() {
    sequences().removeByContext();
  }

  @Test
  @DisplayName("an IRP is cancelled, wherever it is in the queue")
  void cancelsAnywhere() {
    sequences().cancel();
  }

  @Test
  @DisplayName("a peek context means the IRPs of a file")
  void peeksByFile() {
    assumeTrue(hasPeekContexts(), "the queue looks at no peek context");
    sequences().removeByFile();
  }

  @Test
  @DisplayName("cleanup cancels the IRPs of a file, and no others")
  void cleansUp() {
    assumeTrue(hasPeekContexts() || closesFiles(), "the queue looks at no peek context");
    sequences().cleanup();
  }

  @Test
  @DisplayName("an IRP that was cancelled before its insert is completed at once")
  void completesWhatWasCancelledBefore() {
    sequences().cancelFirst();
  }

  @Test
  @DisplayName("any sequence of operations")
  void worksInAnySequence() {
    sequences().any();
  }

  @Test
  @DisplayName("removing goes past IRPs that are being cancelled")
  void goesPastWhatIsBeingCancelled() {
    new Situations(this).beingCancelled();
  }

  @Test
  @DisplayName("an IRP that is queued is not inserted again")
  void refusesWhatIsQueued() {
    new Situations(this).insertedTwice();
  }

  @Test
  @DisplayName("an IRP that was removed is inserted again")
  void takesWhatWasRemoved() {
    new Situations(this).insertedAgain();
  }

  @Test
  @DisplayName("two queues know nothing of each other")
  void standsBesideAnother() {
    new Situations(this).besideAnother();
  }

  @Test
  @DisplayName("a requester may use the queue as soon as its IRP is completed")
  void completesOutsideTheLock() {
    new Situations(this).usedInCompletion();
  }

  @Test
  @DisplayName("as many IRPs as the queue takes, and one that it declines is left alone")
  void takesItsCapacity() {
    sequences().capacity();
  }

  @Test
  @DisplayName("which IRPs the queue declines does not depend on whose they are")
  void declinesWhoeverSends() {
    if (mayDecline()) {
      sequences().filesAlike();
    }
  }

  @Test
  @DisplayName("two in and two out, many times over")
  void goesRound() {
    sequences().goRound();
  }

  @Test
  @DisplayName("the lock excludes, at every IRQL, explored")
  void locksEverybodyElseOut() {
    new LockTrial(this).explore();
  }

  @Test
  @DisplayName("the lock excludes, on real threads")
  void locksEverybodyElseOutLive() {
    new LockTrial(this).hammer();
  }

  @Test
  @DisplayName("after more IRPs than sixteen bits can count the queue works like a new one")
  void isAsNewAfterUse() {
    new LongUse(this).run();
  }

  @Test
  @DisplayName("threads at full speed leave a queue that works like a new one")
  void isAsNewAfterUseAtOnce() {
    assumeTrue(capacity() > 1 || mayDecline(), "the queue takes one IRP, so no two threads may use it at once");
    new FullSpeed(this).run();
  }

  /** One test for each program, of which every schedule is explored. */
  @TestFactory
  @DisplayName("every schedule of small programs")
  Stream<DynamicTest> everySchedule() {
    Concurrent concurrent = new Concurrent(this);
    return concurrent
        .programs()
        .map(race -> DynamicTest.dynamicTest(race.name(), () -> concurrent.explore(race)));
  }

  @Test
  @DisplayName("large programs on real threads")
  void survivesTheHammer() {
    new Concurrent(this).hammer();
  }
}
