package org.cancelsafe.testkit;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.testkit.Operation.Cancel;
import org.cancelsafe.testkit.Operation.Cleanup;
import org.cancelsafe.testkit.Operation.Insert;
import org.jspecify.annotations.Nullable;

/** One run of a program on a queue, on a machine of its own. */
final class HammerRun {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final QueueUnderTest queue;
  private final Order order;
  private final ClientProgram program;
  private final Machine machine;
  private final IoManager io;
  private final DeviceObject device;
  private final Map<Integer, FileObject> files = new ConcurrentHashMap<>();
  private final List<Request> requests = new ArrayList<>();
  private final Map<Irp, Request> byIrp = new IdentityHashMap<>();
  private final List<Client> clients = new ArrayList<>();
  private final Removals drained;
  private final KEvent go = new KEvent("go", KEvent.Type.NOTIFICATION_EVENT, false);
  private final InterlockedLong missing;

  HammerRun(QueueUnderTest queue, Order order, ClientProgram program, Machine machine) {
    this.queue = queue;
    this.order = order;
    this.program = program;
    this.machine = machine;
    this.io = IoManager.of(machine);
    this.drained = new Removals(order);
    this.missing = new InterlockedLong("missing", program.threads().size());
    DriverObject driver = new DriverObject("driver").setMajorFunction(MajorFunction.IRP_MJ_READ, this::dispatchRead);
    this.device = io.createDevice(driver, "device", null);
  }

  void run() {
    machine.boot(this::setUp);
    awaitRest("the clients");
    machine.startThread("drain", this::drain);
    awaitRest("draining the queue");
    judge();
  }

  private void awaitRest(String what) {
    boolean rests = machine.awaitRest(LIMIT);
    Throwable failure = machine.failure();
    if (failure != null) {
      throw new AssertionError(String.valueOf(failure.getMessage()), failure);
    }
    if (!rests) {
      throw new AssertionError(what + " did not come to an end in " + LIMIT.toSeconds() + " s");
    }
    machine.end().checkWaiters();
  }

  private void setUp() {
    for (int thread = 0; thread < program.threads().size(); thread++) {
      Client client = new Client(thread, requests.size());
      ImmutableList<Operation> operations = program.threads().get(thread);
      for (Operation operation : operations) {
        if (operation instanceof Insert insert) {
          Request request = new Request(requests.size(), thread, insert, file(insert.file()), io);
          requests.add(request);
          byIrp.put(request.irp(), request);
        }
      }
      clients.add(client);
      machine.startThread("client " + thread, () -> client.run(operations));
    }
  }

  private FileObject file(int number) {
    return files.computeIfAbsent(number, n -> new FileObject("file " + n, device));
  }

  private Request requestOf(Irp irp) {
    return requireNonNull(byIrp.get(irp), "the queue returned an IRP that nobody inserted");
  }

  private NtStatus dispatchRead(DeviceObject target, Irp irp) {
    Request request = requestOf(irp);
    NtStatus status = queue.insert(irp, request.context());
    if (status.isSuccess()) {
      return NtStatus.STATUS_PENDING;
    }
    request.wasDeclined(status);
    irp.setIoStatus(status, 0);
    io.completeRequest(irp);
    return status;
  }

  private void complete(Irp irp) {
    requestOf(irp).wasRemoved();
    irp.setIoStatus(NtStatus.STATUS_SUCCESS, 0);
    io.completeRequest(irp);
  }

  /** One thread. Every other one works at DISPATCH_LEVEL. */
  private final class Client implements Operation.Client {
    private final Removals removals = new Removals(order);
    private final int thread;
    private int nextInsert;

    Client(int thread, int firstInsert) {
      this.thread = thread;
      this.nextInsert = firstInsert;
    }

    void run(List<Operation> operations) {
      if (missing.decrement() == 0) {
        go.set();
      }
      go.waitForSingleObject();
      Irql level = thread % 2 == 0 ? Irql.PASSIVE_LEVEL : Irql.DISPATCH_LEVEL;
      for (Operation operation : operations) {
        Irql old = Ke.raiseIrql(level);
        operation.performedBy(this);
        checkLeftAlone(operation, level);
        Ke.lowerIrql(old);
      }
    }

    private void checkLeftAlone(Operation operation, Irql level) {
      Activity self = Activity.current();
      if (self.irql() != level || self.spinLocksHeld() > 0) {
        throw new AssertionError(
            operation + ", begun at " + level + ", returned at " + self.irql()
                + " with " + self.spinLocksHeld() + " spin locks held");
      }
    }

    @Override
    public void insert(Insert insert) {
      io.callDriver(device, requests.get(nextInsert++).irp());
    }

    @Override
    public void removeNext() {
      removeNext(null);
    }

    @Override
    public void removeNextOfFile(int file) {
      removeNext(file);
    }

    private void removeNext(@Nullable Integer file) {
      Irp irp = queue.removeNext(file == null ? null : file(file));
      if (irp != null) {
        removals.next(requestOf(irp), file);
        complete(irp);
      }
    }

    @Override
    public void removeByContext(int insert) {
      Irp irp = queue.remove(requireNonNull(requests.get(insert).context()));
      if (irp != null) {
        if (irp != requests.get(insert).irp()) {
          throw new AssertionError("removing #" + insert + " by its context gave " + requestOf(irp));
        }
        removals.byContext(requestOf(irp));
        complete(irp);
      }
    }

    @Override
    public void cancel(int insert) {
      io.cancelIrp(requests.get(insert).irp());
    }

    @Override
    public void cleanup(int file) {
      queue.cleanup(HammerRun.this.file(file));
    }
  }

  private void drain() {
    Set<Integer> closed = queue.closesFiles() ? cleanedUp() : Set.of();
    for (Irp irp = queue.removeNext(null); irp != null; irp = queue.removeNext(null)) {
      Request request = requestOf(irp);
      if (irp.cancel()) {
        throw new AssertionError(request + " was cancelled and is still queued: nobody would complete it");
      }
      if (closed.contains(request.file())) {
        throw new AssertionError(request + " is still queued after the cleanup of its file");
      }
      drained.next(request, null);
      complete(irp);
    }
  }

  private void judge() {
    Set<Integer> cleanedUp = cleanedUp();
    Set<Integer> cancelled =
        operations(Cancel.class).map(Cancel::insert).collect(ImmutableSet.toImmutableSet());
    for (int number = 0; number < requests.size(); number++) {
      Request request = requests.get(number);
      request.judge(cancelled.contains(number) || cleanedUp.contains(request.file()));
    }
    clients.forEach(client -> client.removals.judge(false));
    drained.judge(true);
  }

  private Set<Integer> cleanedUp() {
    return operations(Cleanup.class).map(Cleanup::file).collect(ImmutableSet.toImmutableSet());
  }

  private <T extends Operation> Stream<T> operations(Class<T> type) {
    return program.threads().stream().flatMap(List::stream).filter(type::isInstance).map(type::cast);
  }
}
