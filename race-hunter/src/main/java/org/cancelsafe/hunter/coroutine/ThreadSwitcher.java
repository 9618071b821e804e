package org.cancelsafe.hunter.coroutine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.cancelsafe.emu.machine.Carrier;
import org.jspecify.annotations.Nullable;

/**
 * Coroutines on threads of which all but one wait. A worker runs one body after the other, so that a run costs no new
 * threads; whoever hands over looks for its turn a while before it parks, because waking a parked thread is what costs.
 */
final class ThreadSwitcher implements Switcher {
  private static final int LOOKS_BEFORE_PARKING = 200;

  private final List<Worker> idle = new ArrayList<>();
  private final List<Worker> busy = new ArrayList<>();
  private final Turn driver = new Turn();
  private boolean abandoning;

  /** A place to wait for one's turn. */
  private static final class Turn {
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
    private @Nullable Body body;
    private boolean done;
    private boolean retired;

    @Override
    public boolean isDone() {
      return done;
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
    new Carrier("explored-machine", worker::work).start();
    return worker;
  }

  private void giveTurn(@Nullable Coroutine to) {
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

  @Override
  public void abandon() {
    abandoning = true;
    for (Worker worker : busy) {
      if (!worker.done) {
        worker.turn.give();
        driver.await();
      }
      worker.body = null;
      idle.add(worker);
    }
    busy.clear();
    abandoning = false;
  }

  @Override
  public void close() {
    for (Worker worker : idle) {
      worker.retired = true;
      worker.turn.give();
    }
    idle.clear();
  }
}
