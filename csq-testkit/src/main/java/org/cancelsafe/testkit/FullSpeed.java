package org.cancelsafe.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.testkit.Operation.Insert;

/**
 * Two threads, as fast as they can: one sends and removes, the other sends and cancels. What is counted without the
 * lock is counted wrong in the end, and then a queue that is empty again does not work like a new one.
 */
final class FullSpeed {
  private static final int ROUNDS = 35_000;
  private static final int BEYOND_CAPACITY = 150;
  private static final int PROBES = 2;

  private final CsqContract contract;

  FullSpeed(CsqContract contract) {
    this.contract = contract;
  }

  void run() {
    if (contract.capacity() < 2 && !contract.mayDecline()) {
      return;
    }
    try (Machine machine = Machine.live().build()) {
      AtomicReference<Use> made = new AtomicReference<>();
      AtomicReference<Use> fresh = new AtomicReference<>();
      machine.boot(
          () -> {
            Use use = new Use(machine, ROUNDS);
            fresh.set(new Use(machine, 0));
            made.set(use);
            machine.startThread("remover", use::sendAndRemove);
            machine.startThread("canceller", use::sendAndCancel);
          });
      Rest.await(machine, SequenceRun.LIMIT, "sending, removing and cancelling at full speed");
      Use use = made.get();
      machine.startThread("drain", use::drain);
      Rest.await(machine, SequenceRun.LIMIT, "draining the queue");
      use.judge();
      int ofNew = probe(machine, fresh.get(), 0);
      if (ofNew == 0) {
        throw new ContractViolation(Clause.INSERT, "a new queue takes no IRP at all");
      }
      for (int time = 0; time < PROBES; time++) {
        probeAgain(machine, use, time, ofNew);
      }
    } catch (ContractViolation e) {
      throw e.in("two threads, " + ROUNDS + " rounds each at full speed");
    }
  }

  private static int probe(Machine machine, Use use, int time) {
    AtomicInteger taken = new AtomicInteger();
    machine.startThread("probe", () -> taken.set(use.probe(time)));
    Rest.await(machine, SequenceRun.LIMIT, "filling and draining the queue");
    return taken.get();
  }

  private static void probeAgain(Machine machine, Use use, int time, int ofNew) {
    int ofUsed;
    try {
      ofUsed = probe(machine, use, time);
    } catch (ContractViolation e) {
      throw new ContractViolation(Clause.AS_NEW, "the empty queue is used again: " + e.getMessage(), e);
    }
    if (ofUsed != ofNew) {
      throw new ContractViolation(
          Clause.AS_NEW, "the empty queue takes " + ofUsed + " IRPs, and a new one takes " + ofNew);
    }
  }

  private final class Use {
    private final CheckedQueue queue = new CheckedQueue(contract, contract.terms());
    private final Requests requests;
    private final List<Request> toRemove;
    private final List<Request> toCancel;
    private final List<List<Request>> toProbe = new ArrayList<>();

    Use(Machine machine, int rounds) {
      this.requests = new Requests(queue, contract.terms(), machine);
      this.toRemove = prepare(0, rounds);
      this.toCancel = prepare(1, rounds);
      for (int time = 0; time < PROBES; time++) {
        toProbe.add(prepare(2, contract.capacity() + (contract.mayDecline() ? BEYOND_CAPACITY : 0)));
      }
      requests.allPrepared();
    }

    private List<Request> prepare(int client, int count) {
      List<Request> made = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        made.add(requests.prepare(client, new Insert(client % 2, 0, false)));
      }
      return made;
    }

    void sendAndRemove() {
      for (Request request : toRemove) {
        requests.send(request);
        removeNext();
      }
    }

    void sendAndCancel() {
      for (Request request : toCancel) {
        requests.send(request);
        requests.cancel(request);
      }
    }

    private boolean removeNext() {
      Irp irp = queue.removeNext(null);
      if (irp != null) {
        requests.finish(irp);
      }
      return irp != null;
    }

    void drain() {
      while (removeNext()) {}
    }

    void judge() {
      toRemove.forEach(request -> request.judge(false));
      toCancel.forEach(request -> request.judge(true));
    }

    /** Fills and drains the queue; returns how many IRPs it took. A queue that declines may not like to be audited. */
    int probe(int time) {
      List<Request> probes = toProbe.get(time);
      queue.audited(!contract.mayDecline());
      probes.forEach(requests::send);
      drain();
      probes.forEach(request -> request.judge(false));
      return (int) probes.stream().filter(request -> !request.isDeclined()).count();
    }
  }
}
