package org.cancelsafe.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.testkit.Operation.Insert;

/** A queue that is used for long, and then filled and drained to see whether it works like a new one. */
final class Use {
  private static final int BEYOND_CAPACITY = 150;
  private static final int PROBES = 2;

  private final CsqContract contract;
  private final CheckedQueue queue;
  private final Requests requests;
  private final LongAdder sent = new LongAdder();
  private final List<List<Request>> toProbe = new ArrayList<>();

  /** A new queue; on the machine, while it is set up. */
  Use(CsqContract contract, Machine machine) {
    this.contract = contract;
    this.queue = new CheckedQueue(contract, contract.terms());
    this.requests = new Requests(queue, contract.terms(), machine);
    for (int time = 0; time < PROBES; time++) {
      toProbe.add(prepare(2, contract.capacity() + (contract.mayDecline() ? BEYOND_CAPACITY : 0)));
    }
  }

  /** Makes as many requests of this client. */
  List<Request> prepare(int client, int count) {
    List<Request> made = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      made.add(requests.prepare(client, new Insert(client % 2, 0, false)));
    }
    return made;
  }

  /** No more are made. */
  void allPrepared() {
    requests.allPrepared();
  }

  void send(Request request) {
    sent.increment();
    requests.send(request);
  }

  /** How many were sent. */
  long sent() {
    return sent.sum();
  }

  void cancel(Request request) {
    requests.cancel(request);
  }

  /** Removes the next IRP and completes it, if there is one. */
  boolean removeNext() {
    Irp irp = queue.removeNext(null);
    if (irp != null) {
      requests.finish(irp);
    }
    return irp != null;
  }

  /** Removes and completes all that is left. */
  void drain(Machine machine) {
    machine.startThread("drain", this::drain);
    Rest.await(machine, "draining the queue");
  }

  private void drain() {
    while (removeNext()) {}
  }

  /** Compares this queue, which is empty, with another one that was never used. */
  void mustBeLike(Use fresh, Machine machine) {
    int ofNew = fresh.probe(machine, 0);
    if (ofNew == 0) {
      throw new ContractViolation(Clause.INSERT, "a new queue takes no IRP at all");
    }
    for (int time = 0; time < PROBES; time++) {
      int ofUsed;
      try {
        ofUsed = probe(machine, time);
      } catch (ContractViolation e) {
        throw new ContractViolation(Clause.AS_NEW, "the empty queue is used again: " + e.getMessage(), e);
      }
      if (ofUsed != ofNew) {
        throw new ContractViolation(
            Clause.AS_NEW, "the empty queue takes " + ofUsed + " IRPs, and a new one takes " + ofNew);
      }
    }
  }

  private int probe(Machine machine, int time) {
    AtomicInteger taken = new AtomicInteger();
    machine.startThread("probe", () -> taken.set(fillAndDrain(time)));
    Rest.await(machine, "filling and draining the queue");
    return taken.get();
  }

  /** Returns how many IRPs the queue took. A queue that declines may not like to be audited. */
  private int fillAndDrain(int time) {
    List<Request> probes = toProbe.get(time);
    queue.audited(!contract.mayDecline());
    probes.forEach(requests::send);
    drain();
    probes.forEach(request -> request.judge(false));
    return (int) probes.stream().filter(request -> !request.isDeclined()).count();
  }
}
