package org.cancelsafe.testkit;

import org.cancelsafe.csq.CsqCallbacks;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.scenario.Scenario;

/** The lock alone: whether it excludes, and what it does to the IRQL. */
final class LockTrial {
  private static final int TIMES_LIVE = 20_000;
  private static final int SCHEDULES = 3_000;

  private final CsqContract contract;

  LockTrial(CsqContract contract) {
    this.contract = contract;
  }

  /** Each thread takes the lock twice, at two IRQLs; on one processor as well, where nobody may spin for a sleeper. */
  void explore() {
    explore(Irql.PASSIVE_LEVEL, contract.highestIrql());
    if (contract.highestIrql().isAbove(Irql.APC_LEVEL)) {
      explore(Irql.PASSIVE_LEVEL, Irql.APC_LEVEL);
      explore(Irql.APC_LEVEL, contract.highestIrql());
    }
  }

  private void explore(Irql low, Irql high) {
    explore(Machine.DEFAULT_PROCESSORS, low, high);
    explore(1, low, high);
  }

  private void explore(int processors, Irql low, Irql high) {
    Explored.check(
        Scenario.named("lock")
            .about("threads take and give back the lock")
            .processors(processors)
            .model(
                machine -> {
                  Trial trial = new Trial(contract.callbacks());
                  for (Irql irql : new Irql[] {low, high}) {
                    machine.startThread("At " + irql, () -> trial.twice(irql));
                  }
                }),
        SCHEDULES);
  }

  /** Two threads at full speed. */
  void hammer() {
    AtOnce.attempt(1, this::attempt);
  }

  private void attempt(AtOnce both) {
    try (Machine machine = Rest.machine().build()) {
      Counted[] counted = new Counted[1];
      machine.boot(
          () -> {
            counted[0] = new Counted(contract.callbacks());
            machine.startThread("one", () -> both.run(0, TIMES_LIVE, counted[0]::count));
            machine.startThread("other", () -> both.run(1, TIMES_LIVE, counted[0]::count));
          });
      Rest.await(machine, "taking and giving back the lock", () -> counted[0].count);
      if (counted[0].count != 2 * TIMES_LIVE) {
        throw new ContractViolation(
            Clause.LOCK_EXCLUDES,
            "two threads counted to " + 2 * TIMES_LIVE + " under the lock, and the count is " + counted[0].count);
      }
    }
  }

  private static final class Trial {
    private final CsqCallbacks callbacks;
    private final IoCsq csq = new IoCsq();
    private final InterlockedLong inside = new InterlockedLong("inside", 0);

    Trial(CsqCallbacks callbacks) {
      this.callbacks = callbacks;
      csq.initialize(callbacks);
    }

    void twice(Irql irql) {
      Irql old = Ke.raiseIrql(irql);
      once();
      once();
      Ke.lowerIrql(old);
    }

    private void once() {
      Activity self = Activity.current();
      Irql before = self.irql();
      Irql irql = callbacks.acquireLock(csq);
      if (inside.increment() != 1) {
        throw new ContractViolation(Clause.LOCK_EXCLUDES, self + " has got the lock while another thread holds it");
      }
      if (self.irql().isBelow(before)) {
        throw new ContractViolation(
            Clause.LOCK_IRQL, "CsqAcquireLock lowered the IRQL from " + before + " to " + self.irql());
      }
      inside.decrement();
      callbacks.releaseLock(csq, irql);
      if (self.spinLocksHeld() > 0) {
        throw new ContractViolation(Clause.LOCK_BALANCE, "CsqReleaseLock left a spin lock held");
      }
      if (self.irql() != before) {
        throw new ContractViolation(
            Clause.LOCK_IRQL, "the lock was acquired at " + before + ", and CsqReleaseLock left " + self.irql());
      }
    }
  }

  /** Counts under the lock, in a variable that nothing else protects. */
  private static final class Counted {
    private final CsqCallbacks callbacks;
    private final IoCsq csq = new IoCsq();
    private int count;

    Counted(CsqCallbacks callbacks) {
      this.callbacks = callbacks;
      csq.initialize(callbacks);
    }

    void count(int time) {
      Irql irql = callbacks.acquireLock(csq);
      count++;
      callbacks.releaseLock(csq, irql);
    }
  }
}
