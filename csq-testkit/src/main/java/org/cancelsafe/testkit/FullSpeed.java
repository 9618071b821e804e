package org.cancelsafe.testkit;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.cancelsafe.emu.machine.Machine;

/**
 * Two threads, as fast as they can: one sends and removes, the other sends and cancels. What is counted without the
 * lock is counted wrong in the end, too high or too low, and then a queue that is empty again may not work like a new
 * one; so there are several runs, each of a new queue.
 */
final class FullSpeed {
  private static final int RUNS = 8;
  private static final int ROUNDS = 4_000;

  private final CsqContract contract;

  FullSpeed(CsqContract contract) {
    this.contract = contract;
  }

  void run() {
    try {
      AtOnce.attempt(RUNS, this::attempt);
    } catch (ContractViolation e) {
      throw e.in("two threads, " + ROUNDS + " rounds each at full speed");
    }
  }

  private void attempt(AtOnce both) {
    try (Machine machine = Rest.machine().build()) {
      AtomicReference<Pair> made = new AtomicReference<>();
      AtomicReference<Use> fresh = new AtomicReference<>();
      machine.boot(
          () -> {
            Pair clients = new Pair(new Use(contract, machine));
            made.set(clients);
            fresh.set(new Use(contract, machine));
            fresh.get().allPrepared();
            machine.startThread("remover", () -> both.run(0, ROUNDS, clients::sendAndRemove));
            machine.startThread("canceller", () -> both.run(1, ROUNDS, clients::sendAndCancel));
          });
      Pair pair = made.get();
      Rest.await(machine, "sending, removing and cancelling at full speed", pair.use::sent);
      pair.use.drain(machine);
      pair.judge();
      pair.use.mustBeLike(fresh.get(), machine);
    }
  }

  private static final class Pair {
    private final Use use;
    private final List<Request> toRemove;
    private final List<Request> toCancel;

    Pair(Use use) {
      this.use = use;
      this.toRemove = use.prepare(0, ROUNDS);
      this.toCancel = use.prepare(1, ROUNDS);
      use.allPrepared();
    }

    void sendAndRemove(int round) {
      use.send(toRemove.get(round));
      use.removeNext();
    }

    void sendAndCancel(int round) {
      use.send(toCancel.get(round));
      use.cancel(toCancel.get(round));
    }

    void judge() {
      toRemove.forEach(request -> request.judge(false));
      toCancel.forEach(request -> request.judge(true));
    }
  }
}
