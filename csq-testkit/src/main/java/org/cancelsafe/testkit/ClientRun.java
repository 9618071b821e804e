package org.cancelsafe.testkit;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.testkit.Operation.Cancel;
import org.cancelsafe.testkit.Operation.Cleanup;
import org.cancelsafe.testkit.Operation.Insert;
import org.cancelsafe.testkit.Operation.RemoveByContext;
import org.cancelsafe.testkit.Operation.RemoveNext;
import org.cancelsafe.testkit.Operation.RemoveNextOfFile;
import org.jspecify.annotations.Nullable;

/** The clients of one program on one machine: what they do with a queue, and what became of it. */
final class ClientRun {
  private static final int MOST_EVENTS = 24;

  private final QueueUnderTest queue;
  private final Terms terms;
  private final ClientProgram program;
  private final Machine machine;
  private final Requests requests;
  private final List<Client> clients = new ArrayList<>();
  private final Removals drained;
  private final History history = new History();
  private IntFunction<Irql> levels;
  private Runnable start = () -> {};

  ClientRun(QueueUnderTest queue, Terms terms, ClientProgram program, Machine machine) {
    this.queue = queue;
    this.terms = terms;
    this.program = program;
    this.machine = machine;
    this.requests = new Requests(queue, terms, machine);
    this.drained = new Removals(terms.order());
    this.levels = thread -> thread % 2 == 0 ? Irql.PASSIVE_LEVEL : terms.highestIrql();
  }

  /** Has each client run this first. */
  ClientRun startingWith(Runnable start) {
    this.start = start;
    return this;
  }

  /** Has the clients work at these IRQLs instead of at PASSIVE_LEVEL and the highest by turns. */
  ClientRun at(IntFunction<Irql> levels) {
    this.levels = levels;
    return this;
  }

  /** Makes the requests, and starts the threads; the first ones, if wanted, are done with when this returns. */
  void setUp(int before) {
    for (int thread = 0; thread < program.threads().size(); thread++) {
      Client client = new Client(thread, requests.all().size());
      ImmutableList<Operation> operations = program.threads().get(thread);
      for (Operation operation : operations) {
        if (operation instanceof Insert insert) {
          requests.prepare(thread, insert);
        }
      }
      clients.add(client);
    }
    requests.allPrepared();
    for (int thread = 0; thread < program.threads().size(); thread++) {
      Client client = clients.get(thread);
      ImmutableList<Operation> operations = program.threads().get(thread);
      if (thread < before) {
        client.perform(operations, Irql.PASSIVE_LEVEL);
      } else {
        machine.startThread("client " + thread, () -> client.run(operations));
      }
    }
  }

  /** One thread. Every other one works at DISPATCH_LEVEL. */
  private final class Client implements Operation.Client {
    private final Removals removals = new Removals(terms.order());
    private final int thread;
    private int nextInsert;

    Client(int thread, int firstInsert) {
      this.thread = thread;
      this.nextInsert = firstInsert;
    }

    void run(List<Operation> operations) {
      start.run();
      perform(operations, levels.apply(thread));
    }

    void perform(List<Operation> operations, Irql level) {
      for (Operation operation : operations) {
        Irql old = level == Irql.PASSIVE_LEVEL ? level : Ke.raiseIrql(level);
        operation.performedBy(this);
        checkLeftAlone(operation, level);
        Ke.lowerIrql(old);
      }
    }

    private void checkLeftAlone(Operation operation, Irql level) {
      Activity self = Activity.current();
      if (self.irql() != level || self.spinLocksHeld() > 0) {
        throw new ContractViolation(
            Clause.LOCK_BALANCE,
            operation + ", begun at " + level + ", returned at " + self.irql()
                + " with " + self.spinLocksHeld() + " spin locks held");
      }
    }

    @Override
    public void insert(Insert insert) {
      Request request = requests.all().get(nextInsert++);
      history.record(
          insert,
          request.number(),
          () -> {
            requests.send(request);
            return request.isDeclined() ? 0 : -1;
          });
    }

    @Override
    public void removeNext() {
      removed(new RemoveNext(), null);
    }

    @Override
    public void removeNextOfFile(int file) {
      removed(new RemoveNextOfFile(file), file);
    }

    private void removed(Operation operation, @Nullable Integer file) {
      Irp[] removed = new Irp[1];
      history.record(
          operation,
          -1,
          () -> {
            removed[0] = queue.removeNext(file == null ? null : requests.file(file));
            return History.outcome(removed[0] == null ? null : requests.of(removed[0]));
          });
      if (removed[0] != null) {
        removals.next(requests.of(removed[0]), file);
        requests.finish(removed[0]);
      }
    }

    @Override
    public void removeByContext(int insert) {
      Request request = requests.all().get(insert);
      Irp[] removed = new Irp[1];
      history.record(
          new RemoveByContext(insert),
          insert,
          () -> {
            removed[0] = queue.remove(requireNonNull(request.context()));
            return removed[0] == null ? -1 : insert;
          });
      if (removed[0] != null) {
        if (removed[0] != request.irp()) {
          throw new ContractViolation(
              Clause.REMOVE, "removing #" + insert + " by its context gave " + requests.of(removed[0]));
        }
        removals.byContext(request);
        requests.finish(removed[0]);
      }
    }

    @Override
    public void cancel(int insert) {
      history.record(
          new Cancel(insert), insert, () -> requests.cancel(requests.all().get(insert)) ? 0 : -1);
    }

    @Override
    public void cleanup(int file) {
      queue.cleanup(requests.file(file));
      if (program.threads().size() == 1) {
        checkCleanedUp(file);
      }
    }
  }

  /** Nobody else is at work, so nothing that was sent before may be left of this file. */
  private void checkCleanedUp(int file) {
    for (Request request : requests.all()) {
      if (request.file() == file && request.wasSent() && !request.isCompleted()) {
        throw new ContractViolation(Clause.CLEANUP, request + " is still queued after the cleanup of its file");
      }
    }
  }

  /** Removes and completes what is left, on a thread of the machine. */
  void drain() {
    Set<Integer> closed = queue.closesFiles() ? cleanedUp() : Set.of();
    for (Irp irp = queue.removeNext(null); irp != null; irp = queue.removeNext(null)) {
      Request request = requests.of(irp);
      if (irp.cancel()) {
        throw new ContractViolation(
            Clause.NO_LOST_CANCEL, request + " was cancelled and is still queued: nobody would complete it");
      }
      if (closed.contains(request.file())) {
        throw new ContractViolation(
            Clause.CLEANUP, request + " is still queued after the cleanup of its file");
      }
      drained.next(request, null);
      history.record(new RemoveNext(), -1, request::number);
      requests.finish(irp);
    }
  }

  /** Of each request, in order, whether the queue declined it. */
  List<Boolean> declined() {
    return requests.all().stream().map(Request::isDeclined).toList();
  }

  /** Judges how everything ended, when everything has. */
  void judge() {
    Set<Integer> cleanedUp = cleanedUp();
    Set<Integer> cancelled =
        operations(Cancel.class).map(Cancel::insert).collect(ImmutableSet.toImmutableSet());
    for (int number = 0; number < requests.all().size(); number++) {
      Request request = requests.all().get(number);
      request.judge(cancelled.contains(number) || cleanedUp.contains(request.file()));
    }
    clients.forEach(client -> client.removals.judge(false));
    drained.judge(true);
    judgeHistory();
  }

  /** A cleanup is many operations, so programs with one are not judged as a whole. */
  private void judgeHistory() {
    List<History.Event> events = history.events();
    if (cleanedUp().isEmpty()
        && events.size() <= MOST_EVENTS
        && !Linearization.exists(events, requests.all(), terms.order())) {
      throw new ContractViolation(
          Clause.LINEARIZABLE, "no order of these operations has these outcomes:\n  "
              + events.stream().map(String::valueOf).collect(Collectors.joining("\n  ")));
    }
  }

  private Set<Integer> cleanedUp() {
    return operations(Cleanup.class).map(Cleanup::file).collect(ImmutableSet.toImmutableSet());
  }

  private <T extends Operation> Stream<T> operations(Class<T> type) {
    return program.threads().stream().flatMap(List::stream).filter(type::isInstance).map(type::cast);
  }
}
