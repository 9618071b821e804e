package org.cancelsafe.hunter;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.cancelsafe.emu.machine.Carrier;
import org.cancelsafe.hunter.coroutine.Switchers;
import org.cancelsafe.hunter.explore.Explorer;
import org.jspecify.annotations.Nullable;

/** Several threads that work in one scenario, each with an explorer of its own; the calling thread is one of them. */
final class Crew {
  private final Explorer explorer;
  private final Consumer<Explorer> work;
  private final Runnable stop;
  private final CountDownLatch others;
  private final AtomicReference<@Nullable Throwable> problem = new AtomicReference<>();

  /** Thrown in the hunter's thread for what was thrown in another one of the hunt. */
  static final class Failed extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    Failed(Throwable cause) {
      super(cause);
    }
  }

  private Crew(Explorer explorer, int others, Consumer<Explorer> work, Runnable stop) {
    this.explorer = explorer;
    this.work = work;
    this.stop = stop;
    this.others = new CountDownLatch(others);
  }

  /**
   * Has so many threads do this; returns when all have done it.
   *
   * @param stop makes those who work leave off, since one has failed or is interrupted
   */
  static void work(Explorer explorer, int jobs, Consumer<Explorer> work, Runnable stop) {
    new Crew(explorer, jobs - 1, work, stop).work();
  }

  private void work() {
    for (long job = others.getCount(); job > 0; job--) {
      Explorer sibling = explorer.sibling();
      new Carrier("hunter " + explorer.scenario() + " " + (job + 1), () -> help(sibling)).start();
    }
    try {
      work.accept(explorer);
    } catch (RuntimeException | Error e) {
      stop.run();
      throw e;
    }
    await();
    Throwable thrown = problem.get();
    if (thrown != null) {
      throw new Failed(thrown);
    }
  }

  private void help(Explorer sibling) {
    try (sibling) {
      sibling.open(Switchers.create());
      work.accept(sibling);
    } catch (Throwable e) {
      problem.compareAndSet(null, e);
      stop.run();
    } finally {
      others.countDown();
    }
  }

  private void await() {
    try {
      others.await();
    } catch (InterruptedException e) {
      stop.run();
      Thread.currentThread().interrupt();
    }
  }
}
