package org.cancelsafe.hunter.coroutine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.cancelsafe.emu.machine.Carrier;
import org.jspecify.annotations.Nullable;

/**
 * Coroutines on threads of which all but one wait. A worker runs one body after the other, so that a run costs no new
 * threads, unless each body is to have a new one; whoever hands over looks for its turn a while before it parks,
 * because waking a parked thread is what costs.
 */
final class ThreadSwitcher implements Switcher {
  private static final int LOOKS_BEFORE_PARKING = 200;

  private final List<Worker> idle = new ArrayList<>();
  private final List<Worker> busy = new ArrayList<>();
  private final Turn driver = new Turn();
  private final Thread driverThread = Thread.currentThread();
  private volatile @Nullable Worker running;
  private volatile @Nullable Worker leftBehind;
  private final boolean reusing;
  private boolean abandoning;

  /**
   * A switcher for the calling thread.
   *
   * @param reusing whether a thread may run one body after the other
   */
  ThreadSwitcher(boolean reusing) {
    this.reusing = reusing;
  }

  /** A place to wait for one's turn. */
  static final class Turn {
    private volatile boolean mine;
    private volatile @Nullable Thread parked;

    void give() {
      mine = true;
      Thread waiting = parked;
      if (waiting != null) {
        LockSupport.unpark(waiting);
      }
    }

    void await() {
      for (int looks = 0; looks < LOOKS_BEFORE_PARKING && !mine; looks++) {
        Thread.onSpinWait();
      }
      if (!mine) {
        parked = Thread.currentThread();
        while (!mine) {
          LockSupport.park(this);
        }
        parked = null;
      }
      mine = false;
    }
  }

  /** A thread and what it runs at the moment. */
  private final class Worker implements Coroutine {
    private final Turn turn = new Turn();
    private final Thread thread = new Carrier("explored-machine", this::work);
    private @Nullable Body body;
    private volatile boolean done;
    private boolean retired;
    private volatile boolean lost;

    @Override
    public boolean isDone() {
      return done;
    }

    void retire() {
      retired = true;
      turn.give();
    }

    void work() {
      while (true) {
        turn.await();
        if (retired) {
          return;
        }
        Coroutine next = null;
        try {
          Body current = body;
          if (!abandoning && current != null) {
            next = current.run();
          }
        } catch (Abandoned e) {
          next = null;
        } finally {
          done = true;
        }
        giveTurn(next);
      }
    }
  }

  @Override
  public Coroutine create(String name, Body body) {
    Worker worker = idle.isEmpty() ? startWorker() : idle.remove(idle.size() - 1);
    worker.body = body;
    worker.done = false;
    busy.add(worker);
    return worker;
  }

  private Worker startWorker() {
    Worker worker = new Worker();
    worker.thread.start();
    return worker;
  }

  private void giveTurn(@Nullable Coroutine to) {
    running = (Worker) to;
    (to == null ? driver : ((Worker) to).turn).give();
  }

  @Override
  public void run(Coroutine first) {
    giveTurn(first);
    driver.await();
  }

  @Override
  public void transfer(Coroutine from, @Nullable Coroutine to) {
    giveTurn(to);
    ((Worker) from).turn.await();
    if (abandoning) {
      throw new Abandoned();
    }
  }

  /** Its thread cannot be ended, and waits for ever. */
  @Override
  public void leave(Coroutine from) {
    Worker worker = (Worker) from;
    worker.lost = true;
    worker.done = true;
    giveTurn(null);
    while (worker.lost) {
      LockSupport.park(worker);
    }
  }

  /** One after the other. Who was left behind may need what the others hold, and comes last. */
  @Override
  public void abandon() {
    abandoning = true;
    Worker last = leftBehind;
    for (Worker worker : busy) {
      if (worker != last && !worker.done) {
        worker.turn.give();
        driver.await();
        awaitEndOf(worker);
      }
      worker.body = null;
    }
    if (last != null) {
      awaitEndOf(last);
    }
    busy.removeIf(worker -> worker.lost);
    if (reusing) {
      idle.addAll(busy);
    } else {
      busy.forEach(Worker::retire);
    }
    busy.clear();
    leftBehind = null;
    abandoning = false;
  }

  private void awaitEndOf(Worker worker) {
    while (!worker.done) {
      driver.await();
    }
  }

  @Override
  public Thread running() {
    Worker worker = running;
    return worker == null ? driverThread : worker.thread;
  }

  @Override
  public void leaveBehind() {
    Worker blocked = running;
    if (blocked != null) {
      leftBehind = blocked;
      driver.give();
    }
  }

  @Override
  public void close() {
    idle.forEach(Worker::retire);
    idle.clear();
  }
}
