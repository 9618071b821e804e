package org.cancelsafe.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.cancelsafe.csq.IoCsqIrpContext;
import org.cancelsafe.emu.io.DriverCancel;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.testkit.Operation.Insert;
import org.jspecify.annotations.Nullable;

/** Situations that no sequence of operations on one thread leads to, made by hand. */
final class Situations {
  private static final int IRPS = 3;

  private final CsqContract contract;

  Situations(CsqContract contract) {
    this.contract = contract;
  }

  /**
   * Some IRPs are being cancelled: their routine was taken, and waits for the lock. They are still queued, removing
   * goes past them, and all others come out.
   */
  void beingCancelled() {
    for (int which = 1; which < 1 << IRPS; which++) {
      for (Integer file : new Integer[] {null, 0, 1}) {
        int mask = which;
        run("IRPs being cancelled: bits " + Integer.toBinaryString(mask), (queue, requests) -> {
          List<DriverCancel> taken = take(requests, mask);
          while (remove(queue, requests, file)) {}
          while (remove(queue, requests, null)) {}
          giveBack(requests, mask, taken);
        });
      }
    }
  }

  private static List<@Nullable DriverCancel> take(Requests requests, int mask) {
    List<@Nullable DriverCancel> taken = new ArrayList<>();
    for (Request request : requests.all()) {
      boolean isTaken = (mask & 1 << request.number()) != 0 && !request.isDeclined();
      taken.add(isTaken ? request.irp().setCancelRoutine(null) : null);
    }
    return taken;
  }

  private static boolean remove(CheckedQueue queue, Requests requests, @Nullable Integer file) {
    Irp irp = queue.removeNext(file == null ? null : requests.file(file));
    if (irp != null) {
      requests.finish(irp);
    }
    return irp != null;
  }

  private static void giveBack(Requests requests, int mask, List<@Nullable DriverCancel> taken) {
    for (Request request : requests.all()) {
      DriverCancel routine = taken.get(request.number());
      if (routine != null) {
        if (request.isCompleted()) {
          throw new ContractViolation(Clause.NO_LOST_CANCEL, request + " was removed while it was being cancelled");
        }
        request.irp().setCancelRoutine(routine);
        requests.cancel(request);
      }
    }
    for (Request request : requests.all()) {
      request.judge((mask & 1 << request.number()) != 0);
    }
  }

  /** The library refuses to insert an IRP that is queued; the queue is as it was. */
  void insertedTwice() {
    try {
      run("an IRP that is queued is inserted again", (queue, requests) -> {
        Request request = requests.all().get(IRPS - 1);
        if (!request.isDeclined()) {
          queue.insert(request.irp(), null);
          throw new ContractViolation(Clause.INSERT, request + " was inserted while it was in the queue");
        }
      });
    } catch (ContractViolation e) {
      boolean refused = e.getCause() instanceof BugCheck stop && stop.rule() == Rule.CORRUPT_LIST_ENTRY;
      if (!refused) {
        throw e;
      }
    }
  }

  /** From the completion routine of an IRP that is cancelled, the requester removes and cancels others. */
  void usedInCompletion() {
    run("the requester uses the queue in a completion routine", (queue, requests) -> {
      Request first = requests.all().get(0);
      Request second = requests.all().get(1);
      first.afterCompletion(
          () -> {
            requests.cancel(second);
            remove(queue, requests, null);
          });
      requests.cancel(first);
      while (remove(queue, requests, null)) {}
      requests.all().forEach(request -> request.judge(request != requests.all().get(2)));
    });
  }

  /**
   * A driver that cannot go on with an IRP puts it back: it is queued as any other, behind those that have come since.
   * The context of one that was removed is used again, too.
   */
  void insertedAgain() {
    run("IRPs that were removed are inserted again", (queue, requests) -> {
      for (int i = 0; i < 2 * IRPS; i++) {
        Irp irp = queue.removeNext(null);
        if (irp != null && !queue.insert(irp, null).isSuccess()) {
          requests.finish(irp);
        }
      }
      IoCsqIrpContext context = new IoCsqIrpContext();
      for (int i = 0; i < 2; i++) {
        Irp irp = queue.removeNext(null);
        if (irp != null && !queue.insert(irp, context).isSuccess()) {
          requests.finish(irp);
        }
        Irp last = queue.remove(context);
        if (last != null && !queue.insert(last, null).isSuccess()) {
          requests.finish(last);
        }
      }
      requests.cancel(requests.all().get(0));
      while (remove(queue, requests, null)) {}
      requests.all().forEach(request -> request.judge(request.number() == 0));
    });
  }

  /** First the one alone, so that what is wrong with two has to do with there being two. */
  void besideAnother() {
    run("a queue of its own", Situations::fillAndDrain);
    CheckedQueue[] other = new CheckedQueue[1];
    try {
      run("two queues side by side", machine -> other[0] = newQueue(), (queue, requests) -> {
        if (other[0].removeNext(null) != null) {
          throw new ContractViolation(Clause.NEW_QUEUE, "an IRP of one queue comes out of the other");
        }
        fillAndDrain(queue, requests);
      });
    } catch (ContractViolation e) {
      throw new ContractViolation(Clause.NEW_QUEUE, "with a second queue beside it: " + e.getMessage(), e);
    }
  }

  private static void fillAndDrain(CheckedQueue queue, Requests requests) {
    while (remove(queue, requests, null)) {}
    requests.all().forEach(request -> request.judge(false));
  }

  private CheckedQueue newQueue() {
    CheckedQueue queue = new CheckedQueue(contract, contract.terms()).audited(true);
    queue.expect(Map.of());
    return queue;
  }

  private void run(String what, BiConsumer<CheckedQueue, Requests> body) {
    run(what, machine -> {}, body);
  }

  private void run(String what, Consumer<Machine> before, BiConsumer<CheckedQueue, Requests> body) {
    assumeTrue(contract.capacity() >= IRPS || contract.mayDecline(), "the queue has no room for " + IRPS + " IRPs");
    try (Machine machine = Rest.machine().build()) {
      AtomicReference<Runnable> made = new AtomicReference<>();
      machine.boot(
          () -> {
            before.accept(machine);
            CheckedQueue queue = new CheckedQueue(contract, contract.terms()).audited(true);
            Requests requests = new Requests(queue, contract.terms(), machine);
            for (int i = 0; i < IRPS; i++) {
              requests.prepare(0, new Insert(i % 2, 0, false));
            }
            requests.allPrepared();
            made.set(
                () -> {
                  requests.all().forEach(requests::send);
                  body.accept(queue, requests);
                });
          });
      machine.startThread("client", made.get());
      Rest.await(machine, what);
    } catch (ContractViolation e) {
      throw e.in(what);
    }
  }
}
