package org.cancelsafe.testkit;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.cancelsafe.emu.machine.Machine;

/**
 * One thread, and more IRPs than sixteen bits can count, with some in the queue all the time: whatever wraps, runs out
 * or is left over shows. How many IRPs there are does not depend on how fast the machine is.
 */
final class LongUse {
  private static final int ROUNDS = 70_000;
  private static final int WAITING = 3;
  private static final int CANCELS = 4;

  private final CsqContract contract;

  LongUse(CsqContract contract) {
    this.contract = contract;
  }

  void run() {
    try (Machine machine = Rest.machine().build()) {
      AtomicReference<Round> made = new AtomicReference<>();
      AtomicReference<Use> fresh = new AtomicReference<>();
      machine.boot(
          () -> {
            Round rounds = new Round(new Use(contract, machine), Math.min(WAITING, contract.capacity() - 1));
            made.set(rounds);
            fresh.set(new Use(contract, machine));
            fresh.get().allPrepared();
            machine.startThread("client", rounds::go);
          });
      Round round = made.get();
      Rest.await(machine, ROUNDS + " IRPs, one after the other,", round.use::sent);
      round.use.drain(machine);
      round.judge();
      round.use.mustBeLike(fresh.get(), machine);
    } catch (ContractViolation e) {
      throw e.in("one thread, " + ROUNDS + " IRPs");
    }
  }

  private static final class Round {
    private final Use use;
    private final int waiting;
    private final List<Request> all;

    Round(Use use, int waiting) {
      this.use = use;
      this.waiting = waiting;
      this.all = use.prepare(0, ROUNDS);
      use.allPrepared();
    }

    void go() {
      for (int i = 0; i < ROUNDS; i++) {
        use.send(all.get(i));
        if (isCancelled(i)) {
          use.cancel(all.get(i));
        } else if (i >= waiting) {
          use.removeNext();
        }
      }
    }

    private static boolean isCancelled(int round) {
      return round % CANCELS == CANCELS - 1;
    }

    void judge() {
      for (int i = 0; i < ROUNDS; i++) {
        all.get(i).judge(isCancelled(i));
      }
    }
  }
}
