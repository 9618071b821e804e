package org.cancelsafe.testkit.contract;

import static org.cancelsafe.testkit.contract.Wrongly.completing;
import static org.cancelsafe.testkit.contract.Wrongly.inserting;
import static org.cancelsafe.testkit.contract.Wrongly.of;
import static org.cancelsafe.testkit.contract.Wrongly.peeking;
import static org.cancelsafe.testkit.contract.Wrongly.removing;

import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.testkit.Clause;
import org.cancelsafe.testkit.contract.Queues.InList;
import org.cancelsafe.testkit.contract.Queues.Locked;
import org.jspecify.annotations.Nullable;

/** Remembers what it must forget, declines what it must take, or completes what it must not. */
final class BrokenByState {
  private static final List<Irp> OF_ALL_QUEUES = new ArrayList<>();
  private static final int LIMIT = 8;

  private BrokenByState() {}

  /** A list for each processor. */
  private static final class PerProcessor extends Locked {
    private final List<List<Irp>> lists = List.of(new ArrayList<>(), new ArrayList<>());

    private List<Irp> mine() {
      return lists.get(Ke.getCurrentProcessorNumber() % 2);
    }

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      mine().add(irp);
    }

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      lists.forEach(irps -> irps.remove(irp));
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      return next(mine(), irp, peekContext);
    }
  }

  /** A list for each thread. */
  private static final class PerThread extends Locked {
    private final ThreadLocal<List<Irp>> mine = ThreadLocal.withInitial(ArrayList::new);

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      mine.get().add(irp);
    }

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      mine.get().remove(irp);
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      return next(mine.get(), irp, peekContext);
    }
  }

  /** Remembers that there was nothing, until something is inserted or removed by somebody else. */
  private static final class KnowsItIsEmpty extends InList {
    private boolean empty;

    KnowsItIsEmpty() {
      super(new ArrayList<>());
    }

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      empty = false;
      super.insertIrp(csq, irp);
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      Irp found = empty ? null : next(irps, irp, peekContext);
      empty = found == null && irp == null;
      return found;
    }
  }

  private static NtStatus addBelow(int limit, Wrongly queue, Irp irp) {
    return queue.counted < limit ? queue.add(irp) : NtStatus.STATUS_INSUFFICIENT_RESOURCES;
  }

  static List<Broken> all() {
    return List.of(
        Broken.of("drops the IRP it removed last", of(
            (queue, irp) -> queue.remembered == irp ? Wrongly.drop() : queue.add(irp),
            (queue, irp) -> {
              queue.remembered = irp;
              queue.irps.remove(irp);
            }), Clause.INSERT),
        Broken.of("marks what it has queued, and never unmarks it", inserting((queue, irp) -> {
          boolean marked = irp.driverContext(0) != null;
          irp.setDriverContext(0, queue);
          return marked ? Wrongly.drop() : queue.add(irp);
        }), Clause.INSERT),
        Broken.of("an IRP that comes again goes to the head", inserting((queue, irp) -> {
          boolean again = irp.driverContext(1) != null;
          irp.setDriverContext(1, queue);
          return again ? queue.addAt(0, irp) : queue.add(irp);
        }), Clause.ORDER),
        Broken.of("a list for all queues", () -> new InList(OF_ALL_QUEUES), Clause.NEW_QUEUE),
        Broken.of("a list for each processor", PerProcessor::new, Clause.PEEK_FIRST, Clause.INSERT,
            Clause.LINEARIZABLE, Clause.NO_LOST_IRP),
        Broken.of("a list for each thread", PerThread::new, Clause.PEEK_FIRST, Clause.INSERT,
            Clause.LINEARIZABLE, Clause.NO_LOST_IRP),
        Broken.of("remembers for all files that one has nothing", KnowsItIsEmpty::new, Clause.PEEK_FIRST,
            Clause.PEEK_REMOVES_NOTHING),
        Broken.of("remove takes what was peeked first", () -> new InList(new ArrayList<>()) {
          private @Nullable Irp peeked;

          @Override
          public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
            Irp found = super.peekNextIrp(csq, irp, peekContext);
            peeked = irp == null ? found : peeked;
            return found;
          }

          @Override
          public void removeIrp(IoCsq csq, Irp irp) {
            irps.remove(peeked == null ? irp : peeked);
            peeked = null;
          }
        }, Clause.REMOVE, Clause.NO_LOST_IRP, Clause.PEEK_FIRST),
        Broken.of("counts what it declines", of(
            (queue, irp) -> {
              NtStatus status = addBelow(LIMIT, queue, irp);
              queue.counted++;
              return status;
            },
            (queue, irp) -> {
              queue.counted--;
              queue.irps.remove(irp);
            }), Clause.AS_NEW),
        Broken.of("does not count down what was cancelled", of(
            (queue, irp) -> {
              NtStatus status = addBelow(LIMIT, queue, irp);
              queue.counted += status.isSuccess() ? 1 : 0;
              return status;
            },
            (queue, irp) -> {
              queue.counted -= irp.cancel() ? 0 : 1;
              queue.irps.remove(irp);
            }), Clause.AS_NEW),
        Broken.of("declines the second file", inserting((queue, irp) ->
            String.valueOf(irp.currentStackLocation().fileObject()).endsWith("1")
                ? NtStatus.STATUS_INSUFFICIENT_RESOURCES
                : queue.add(irp)), Clause.INSERT),
        Broken.of("queues, and returns a warning", inserting((queue, irp) -> {
          queue.add(irp);
          return queue.irps.size() > 4 ? NtStatus.STATUS_DEVICE_BUSY : NtStatus.STATUS_SUCCESS;
        }), Clause.DECLINE),
        Broken.of("unlinks the first to make room, and declines all the same", inserting((queue, irp) -> {
          if (queue.irps.size() < LIMIT) {
            return queue.add(irp);
          }
          queue.irps.remove(0);
          return NtStatus.STATUS_INSUFFICIENT_RESOURCES;
        }), Clause.DECLINE, Clause.INSERT, Clause.PEEK_FIRST, Clause.ORDER),
        Broken.of("completes the first to make room", inserting((queue, irp) -> {
          if (queue.irps.size() >= LIMIT) {
            Wrongly.complete(queue.irps.remove(0), NtStatus.STATUS_CANCELLED, 0);
          }
          return queue.add(irp);
        }), Clause.COMPLETE_NOTHING_LOCKED, Clause.LIBRARY_OWNS),
        Broken.of("skips its stack location", inserting((queue, irp) -> {
          irp.skipCurrentStackLocation();
          return queue.add(irp);
        }), Clause.INSERT, Clause.OWNERSHIP),
        Broken.of("raises the IRQL when three are left", removing((queue, irp) -> {
          queue.irps.remove(irp);
          if (queue.irps.size() == 3) {
            Ke.raiseIrql(Irql.DIRQL_3);
          }
        }), Clause.LOCK_BALANCE, Clause.LOCK_IRQL),
        Broken.of("success for what was removed by cleanup", completing((queue, csq, irp) ->
            Wrongly.complete(irp, irp.cancel() ? NtStatus.STATUS_CANCELLED : NtStatus.STATUS_SUCCESS, 0)),
            Clause.COMPLETE_STATUS),
        Broken.of("Information at DISPATCH_LEVEL", completing((queue, csq, irp) ->
            Wrongly.complete(irp, NtStatus.STATUS_CANCELLED, Ke.getCurrentIrql().level())), Clause.COMPLETE_STATUS),
        Broken.of("completes every other one", completing((queue, csq, irp) -> {
          if (++queue.counted % 2 == 1) {
            Wrongly.complete(irp, NtStatus.STATUS_CANCELLED, 0);
          }
        }), Clause.NO_LOST_CANCEL, Clause.NO_LOST_IRP),
        Broken.of("removes again before it completes", completing((queue, csq, irp) -> {
          Irql irql = queue.acquireLock(csq);
          if (!queue.irps.isEmpty()) {
            queue.irps.remove(0);
          }
          queue.releaseLock(csq, irql);
          Wrongly.complete(irp, NtStatus.STATUS_CANCELLED, 0);
        }), Clause.NO_LOST_IRP, Clause.PEEK_FIRST, Clause.REMOVE, Clause.INSERT),
        Broken.of("cancels the rest of the file, too", completing((queue, csq, irp) -> {
          Object file = irp.currentStackLocation().fileObject();
          Wrongly.complete(irp, NtStatus.STATUS_CANCELLED, 0);
          for (Irp more = csq.removeNextIrp(file); more != null; more = csq.removeNextIrp(file)) {
            Wrongly.complete(more, NtStatus.STATUS_CANCELLED, 0);
          }
        }), Clause.CLEANUP, Clause.LINEARIZABLE),
        Broken.of("peek skips the first when two are left", peeking((queue, irp, context) ->
            irp == null && context == null && queue.irps.size() == 2 ? queue.irps.get(1) : queue.next(irp, context)),
            Clause.ORDER));
  }
}
