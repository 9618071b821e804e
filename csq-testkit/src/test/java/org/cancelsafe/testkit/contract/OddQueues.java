package org.cancelsafe.testkit.contract;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.cancelsafe.csq.CsqCallbacksEx;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.testkit.Order;
import org.cancelsafe.testkit.contract.ContractRun.Terms;
import org.cancelsafe.testkit.contract.Queues.InList;
import org.cancelsafe.testkit.contract.Queues.Locked;
import org.jspecify.annotations.Nullable;

/** Correct callbacks that do not look like it at first. */
final class OddQueues {
  private OddQueues() {}

  static Map<String, Terms> all() {
    return Map.of(
        "last in, first out", new Terms(Queues.Stack::new).order(Order.LIFO),
        "a stack of links", new Terms(LinkedStack::new).order(Order.LIFO),
        "sorted by a key in DriverContext", new Terms(ByKey::new).order(Order.PRIORITY)
            .priorities(3, (irp, priority) -> irp.setDriverContext(2, 10 * priority - 7)),
        "two levels", new Terms(TwoLevels::new).order(Order.PRIORITY)
            .priorities(2, (irp, priority) -> irp.nextStackLocation().setLength(priority)),
        "a ring that throws when it is full", new Terms(Ring::new).capacity(8),
        "links in DriverContext", new Terms(ContextLinks::new),
        "so many IRPs of a device", new Terms(() -> new Limited(irp -> "device")),
        "so many IRPs of a file",
            new Terms(() -> new Limited(irp -> requireNonNull(irp.currentStackLocation().fileObject()))));
  }

  /** Pushes at the head of a list, and peeks from there. */
  private static final class LinkedStack extends Locked {
    private final ListEntry head = new ListEntry("stack");

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      head.insertHead(irp.listEntry());
    }

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      irp.listEntry().removeEntry();
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      ListEntry entry = irp == null ? head.flink() : irp.listEntry().flink();
      while (entry != null && entry != head && !matches(Irp.fromListEntry(entry), peekContext)) {
        entry = entry.flink();
      }
      return entry == null || entry == head ? null : Irp.fromListEntry(entry);
    }
  }

  private static final class ByKey extends InList {
    ByKey() {
      super(new ArrayList<>());
    }

    private static int key(Irp irp) {
      return (Integer) requireNonNull(irp.driverContext(2));
    }

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      int at = irps.size();
      while (at > 0 && key(irps.get(at - 1)) > key(irp)) {
        at--;
      }
      irps.add(at, irp);
    }
  }

  /** An urgent IRP overtakes the others; neither kind is sorted. */
  private static final class TwoLevels extends Locked {
    private final Deque<Irp> urgent = new ArrayDeque<>();
    private final Deque<Irp> others = new ArrayDeque<>();

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      (irp.currentStackLocation().length() == 0 ? urgent : others).addLast(irp);
    }

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      if (!urgent.remove(irp)) {
        others.remove(irp);
      }
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      List<Irp> all = new ArrayList<>(urgent);
      all.addAll(others);
      return next(all, irp, peekContext);
    }
  }

  /** What is removed leaves a hole; holes are closed when there is need. */
  private static final class Ring extends Locked {
    private final @Nullable Irp[] slots = new Irp[12];
    private int first;
    private int end;

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      if (end - first == slots.length) {
        close();
      }
      if (end - first == slots.length) {
        throw new IllegalStateException("the ring is full");
      }
      slots[end++ % slots.length] = irp;
    }

    private void close() {
      List<Irp> irps = inOrder();
      end = first;
      irps.forEach(irp -> slots[end++ % slots.length] = irp);
    }

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      for (int i = first; i < end; i++) {
        if (slots[i % slots.length] == irp) {
          slots[i % slots.length] = null;
        }
      }
      while (first < end && slots[first % slots.length] == null) {
        first++;
      }
    }

    private List<Irp> inOrder() {
      List<Irp> irps = new ArrayList<>();
      for (int i = first; i < end; i++) {
        Irp irp = slots[i % slots.length];
        if (irp != null) {
          irps.add(irp);
        }
      }
      return irps;
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      return next(inOrder(), irp, peekContext);
    }
  }

  /** Each IRP knows the next one, and the one before it. */
  private static final class ContextLinks extends Locked {
    private @Nullable Irp first;
    private @Nullable Irp last;

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      irp.setDriverContext(0, null);
      irp.setDriverContext(1, last);
      link(last, irp);
      last = irp;
    }

    private void link(@Nullable Irp before, @Nullable Irp next) {
      if (before == null) {
        first = next;
      } else {
        before.setDriverContext(0, next);
      }
    }

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      Irp next = (Irp) irp.driverContext(0);
      Irp before = (Irp) irp.driverContext(1);
      link(before, next);
      if (next == null) {
        last = before;
      } else {
        next.setDriverContext(1, before);
      }
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      Irp next = irp == null ? first : (Irp) irp.driverContext(0);
      while (next != null && !matches(next, peekContext)) {
        next = (Irp) next.driverContext(0);
      }
      return next;
    }
  }

  /** Declines what is too many for its owner. */
  private static final class Limited extends InList implements CsqCallbacksEx {
    private static final int LIMIT = 5;

    private final Function<Irp, Object> owner;

    Limited(Function<Irp, Object> owner) {
      super(new ArrayList<>());
      this.owner = owner;
    }

    @Override
    public NtStatus insertIrpEx(IoCsq csq, Irp irp, @Nullable Object insertContext) {
      Object whose = owner.apply(irp);
      if (irps.stream().filter(other -> owner.apply(other).equals(whose)).count() == LIMIT) {
        return NtStatus.STATUS_DEVICE_BUSY;
      }
      irps.add(irp);
      return NtStatus.STATUS_SUCCESS;
    }

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      insertIrpEx(csq, irp, null);
    }
  }
}
