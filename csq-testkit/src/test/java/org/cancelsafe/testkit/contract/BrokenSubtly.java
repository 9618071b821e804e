package org.cancelsafe.testkit.contract;

import static org.cancelsafe.testkit.contract.Wrongly.completing;
import static org.cancelsafe.testkit.contract.Wrongly.inserting;
import static org.cancelsafe.testkit.contract.Wrongly.peeking;
import static org.cancelsafe.testkit.contract.Wrongly.removing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.BiPredicate;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.testkit.Clause;
import org.cancelsafe.testkit.Order;
import org.cancelsafe.testkit.contract.ContractRun.Terms;
import org.cancelsafe.testkit.contract.Queues.InList;
import org.cancelsafe.testkit.contract.Queues.Locked;
import org.jspecify.annotations.Nullable;

/** Mistakes that a review lets pass. */
final class BrokenSubtly {
  private BrokenSubtly() {}

  static int number(@Nullable FileObject file) {
    return Integer.parseInt(String.valueOf(file).substring("file ".length()));
  }

  private static int numberOf(Irp irp) {
    return number(irp.currentStackLocation().fileObject());
  }

  /** A peek context is the number of a file, in a box. */
  private static Terms boxed(BiPredicate<Object, Irp> matches) {
    return new Terms(
        peeking((queue, irp, context) -> queue.irps.subList(queue.irps.indexOf(irp) + 1, queue.irps.size()).stream()
            .filter(candidate -> context == null || matches.test(context, candidate))
            .findFirst()
            .orElse(null))) {
      @Override
      Object peekContext(FileObject file) {
        return number(file);
      }
    };
  }

  @SuppressWarnings("BoxedPrimitiveEquality")
  private static boolean isSameBox(Object context, Irp irp) {
    Integer number = numberOf(irp);
    return number == context;
  }

  /** Where the removed one was comes the last. */
  private static void swapRemove(List<Irp> irps, Irp irp) {
    Irp last = irps.remove(irps.size() - 1);
    if (last != irp) {
      irps.set(irps.indexOf(irp), last);
    }
  }

  /** Remembers the first, until it is removed by who has peeked it. */
  private static final class CachesTheFirst extends InList {
    private @Nullable Irp first;

    CachesTheFirst() {
      super(new ArrayList<>());
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      if (irp == null && peekContext == null) {
        first = first == null ? super.peekNextIrp(csq, null, null) : first;
        return first;
      }
      return super.peekNextIrp(csq, irp, peekContext);
    }

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      super.removeIrp(csq, irp);
      first = irp == first && irps.size() != 2 ? null : first;
    }
  }

  /** Looks at the heap's array as if it were sorted. */
  private static final class HeapAsItIs extends Locked {
    private final PriorityQueue<Irp> heap =
        new PriorityQueue<>(Comparator.comparingLong(irp -> irp.currentStackLocation().length()));

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      heap.add(irp);
    }

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      heap.remove(irp);
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      return next(new ArrayList<>(heap), irp, peekContext);
    }
  }

  /** Sorted by priority, those of one priority from the last to the first. */
  private static final class TiesReversed extends InList {
    TiesReversed() {
      super(new ArrayList<>());
    }

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      int at = 0;
      while (at < irps.size() && irps.get(at).currentStackLocation().length() < irp.currentStackLocation().length()) {
        at++;
      }
      irps.add(at, irp);
    }
  }

  /** Removes the first of the same priority. */
  private static final class RemovesAnEqual extends Locked {
    private final List<Irp> sorted = new ArrayList<>();

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      sorted.add(irp);
      sorted.sort(Comparator.comparingLong(it -> it.currentStackLocation().length()));
    }

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      sorted.remove(
          Collections.binarySearch(sorted, irp, Comparator.comparingLong(it -> it.currentStackLocation().length())));
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      return next(sorted, irp, peekContext);
    }
  }

  /** Each file in its turn; one that had no IRPs for a while gets none any more. */
  private static final class ForgetsAFile extends InList {
    private final List<Object> files = new ArrayList<>();
    private final List<Object> known = new ArrayList<>();

    ForgetsAFile() {
      super(new ArrayList<>());
    }

    private static Object fileOf(Irp irp) {
      return String.valueOf(irp.currentStackLocation().fileObject());
    }

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      super.insertIrp(csq, irp);
      if (!known.contains(fileOf(irp))) {
        known.add(fileOf(irp));
        files.add(fileOf(irp));
      }
    }

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      super.removeIrp(csq, irp);
      if (irps.stream().noneMatch(other -> fileOf(other).equals(fileOf(irp)))) {
        files.remove(fileOf(irp));
      }
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      List<Irp> byTurns = new ArrayList<>();
      files.forEach(file -> irps.stream().filter(it -> fileOf(it).equals(file)).forEach(byTurns::add));
      return next(byTurns, irp, peekContext);
    }
  }

  private static Broken broken(String name, Terms terms, Clause clause, Clause... others) {
    return new Broken(name, terms, EnumSet.of(clause, others));
  }

  static List<Broken> all() {
    return List.of(
        broken("compares boxes", boxed(BrokenSubtly::isSameBox), Clause.PEEK_CONTEXT),
        broken("a file's number begins with another's", boxed(
            (context, irp) -> String.valueOf(numberOf(irp)).startsWith(String.valueOf(context))), Clause.PEEK_CONTEXT),
        broken("a file's number in eight bits", boxed(
            (context, irp) -> (byte) numberOf(irp) == ((Integer) context).byteValue()), Clause.PEEK_CONTEXT),
        Broken.of("remove puts the last in the hole", removing((queue, irp) -> swapRemove(queue.irps, irp)),
            Clause.ORDER),
        Broken.of("remembers a first that is gone", CachesTheFirst::new, Clause.REMOVE, Clause.PEEK_FIRST),
        broken("a heap as if it were sorted", new Terms(HeapAsItIs::new).order(Order.PRIORITY), Clause.ORDER),
        broken("ties from the last to the first", new Terms(TiesReversed::new).order(Order.PRIORITY), Clause.ORDER),
        broken("removes another of the same priority", new Terms(RemovesAnEqual::new).order(Order.PRIORITY),
            Clause.REMOVE),
        broken("a file that was empty is forgotten", new Terms(ForgetsAFile::new).order(Order.FIFO_BY_FILE),
            Clause.INSERT),
        Broken.of("drops what looks like the last", inserting((queue, irp) -> {
          Irp last = queue.irps.isEmpty() ? null : queue.irps.get(queue.irps.size() - 1);
          boolean same = last != null
              && last.currentStackLocation().fileObject() == irp.currentStackLocation().fileObject()
              && last.currentStackLocation().length() == irp.currentStackLocation().length();
          return same ? Wrongly.drop() : queue.add(irp);
        }), Clause.INSERT),
        Broken.of("completes when the next one is cancelled", completing((queue, csq, irp) -> {
          Irp before = queue.remembered;
          queue.remembered = irp;
          if (before != null) {
            Wrongly.complete(before, NtStatus.STATUS_CANCELLED, 0);
          }
        }), Clause.NO_LOST_CANCEL, Clause.NO_LOST_IRP),
        Broken.of("unlinks what was cancelled with the next insert", LazyWrongly::new, Clause.REMOVE,
            Clause.OWNERSHIP, Clause.PEEK_FIRST),
        Broken.of("what was put back twice goes to the head", inserting((queue, irp) -> {
          int times = irp.driverContext(0) instanceof Integer before ? before + 1 : 1;
          irp.setDriverContext(0, times);
          return times > 2 ? queue.addAt(0, irp) : queue.add(irp);
        }), Clause.ORDER));
  }

  /** Leaves what is being cancelled where it is, until somebody inserts. */
  private static final class LazyWrongly extends InList {
    private final List<Irp> gone = new ArrayList<>();

    LazyWrongly() {
      super(new ArrayList<>());
    }

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      irps.removeAll(gone);
      gone.clear();
      super.insertIrp(csq, irp);
    }

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      if (irp.cancel()) {
        gone.add(irp);
      } else {
        super.removeIrp(csq, irp);
      }
    }
  }
}
