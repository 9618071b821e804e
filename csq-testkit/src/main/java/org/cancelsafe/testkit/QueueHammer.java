package org.cancelsafe.testkit;

import java.util.function.Supplier;
import org.cancelsafe.csq.CsqCallbacks;
import org.cancelsafe.emu.machine.Machine;

/**
 * Runs programs on a queue, on real threads with delays at their steps, and says what went wrong. After each program
 * every IRP is completed, once, with the right status; what was cancelled is not queued; what is still queued comes
 * out; the IRPs of one client come out in the order the queue promises; no call returned with a lock or another IRQL.
 * Every other client works at DISPATCH_LEVEL, so the queue's lock must be one that does not wait.
 *
 * <pre>{@code
 * private final QueueHammer hammer = QueueHammer.ofCallbacks(MyCallbacks::new, Order.FIFO);
 *
 * @Property(tries = 200)
 * void myQueue(@ForAll("programs") ClientProgram program, @ForAll long seed) {
 *   hammer.run(program, seed);
 * }
 *
 * @Provide
 * Arbitrary<ClientProgram> programs() {
 *   return ClientPrograms.any();
 * }
 * }</pre>
 */
public final class QueueHammer {
  private final Supplier<? extends QueueUnderTest> queues;
  private final Order order;

  private QueueHammer(Supplier<? extends QueueUnderTest> queues, Order order) {
    this.queues = queues;
    this.order = order;
  }

  /**
   * For queues with these callbacks.
   *
   * @param callbacks makes the callbacks of an empty queue
   * @param order what the queue promises; for {@link Order#PRIORITY}, by the {@code length} of the stack location
   */
  public static QueueHammer ofCallbacks(Supplier<? extends CsqCallbacks> callbacks, Order order) {
    return new QueueHammer(() -> QueueUnderTest.of(callbacks.get()), order);
  }

  /**
   * For queues of any kind.
   *
   * @param queues makes an empty queue
   * @param order what the queue promises; for {@link Order#PRIORITY}, by the {@code length} of the stack location
   */
  public static QueueHammer ofQueues(Supplier<? extends QueueUnderTest> queues, Order order) {
    return new QueueHammer(queues, order);
  }

  /**
   * Runs a program on an empty queue.
   *
   * @param seed of the delays; the same program and seed make a failure likely again, not certain
   * @throws AssertionError when anything is wrong: with what it was, the program, and the seed
   */
  public void run(ClientProgram program, long seed) {
    try (Machine machine = Machine.live().noise(seed).build()) {
      new HammerRun(queues, Terms.of(order), program, machine).run();
    } catch (RuntimeException | Error e) {
      throw new AssertionError(e.getMessage() + "\nprogram, run with seed " + seed + ":\n" + program, e);
    }
  }
}
