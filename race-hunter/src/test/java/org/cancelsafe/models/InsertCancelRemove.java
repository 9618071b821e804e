package org.cancelsafe.models;

import java.util.function.Consumer;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.scenario.Scenario;

/**
 * One IRP that is inserted, cancelled and removed at once, at the grain for which the numbers of schedules and classes
 * are known: every primitive is one event, linking and completing too.
 */
public final class InsertCancelRemove {
  private final KSpinLock lock = new KSpinLock("QL");
  private final InterlockedLong queue = new InterlockedLong("Q", 0);
  private final InterlockedLong routine = new InterlockedLong("CancelRoutine", 0);
  private final InterlockedLong flag = new InterlockedLong("Cancel", 0);
  private final InterlockedLong completed = new InterlockedLong("completed", 0);
  private final StringBuilder outcome = new StringBuilder();

  private InsertCancelRemove() {}

  /** The scenario with these of its threads. */
  public static Scenario scenario(boolean cancel, boolean remove, Consumer<String> outcomes) {
    return Scenario.named("insert-cancel-remove")
        .model(
            machine -> {
              InsertCancelRemove model = new InsertCancelRemove();
              machine.startThread("Insert", model::insert);
              if (cancel) {
                machine.startThread("Cancel", model::cancel);
              }
              if (remove) {
                machine.startThread("Remove", model::remove);
              }
              machine.afterwards(() -> model.judge(machine, outcomes));
            });
  }

  private void insert() {
    Irql old = lock.acquire();
    queue.write(1);
    routine.exchange(1);
    if (flag.read() == 1 && routine.exchange(0) == 1) {
      queue.write(0);
      lock.release(old);
      complete("I");
    } else {
      lock.release(old);
    }
  }

  private void cancel() {
    flag.write(1);
    if (routine.exchange(0) == 1) {
      Irql old = lock.acquire();
      queue.write(0);
      lock.release(old);
      complete("C");
    }
  }

  private void remove() {
    Irql old = lock.acquire();
    if (queue.read() == 1 && routine.exchange(0) == 1) {
      queue.write(0);
      lock.release(old);
      complete("R");
    } else {
      lock.release(old);
    }
  }

  private void complete(String by) {
    completed.increment();
    outcome.append(by);
  }

  private void judge(Machine machine, Consumer<String> outcomes) {
    if (outcome.length() > 1) {
      throw new AssertionError("completed by " + outcome);
    }
    outcomes.accept(outcome + "/" + queue.snapshot() + routine.snapshot() + flag.snapshot());
  }
}
