package org.cancelsafe.testkit.contract;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.cancelsafe.csq.CsqCallbacks;
import org.cancelsafe.csq.CsqCallbacksEx;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.jspecify.annotations.Nullable;

/** Correct callbacks of different make. */
final class Queues {
  private Queues() {}

  /** What they have in common: a spin lock, and a peek context that is a file. */
  abstract static class Locked implements CsqCallbacks {
    final KSpinLock lock = new KSpinLock("lock");

    static boolean matches(Irp irp, @Nullable Object peekContext) {
      return peekContext == null || irp.currentStackLocation().fileObject() == peekContext;
    }

    /** The first match in this order, after one that may be null. */
    static @Nullable Irp next(List<Irp> irps, @Nullable Irp after, @Nullable Object peekContext) {
      for (int i = irps.indexOf(after) + 1; i < irps.size(); i++) {
        if (matches(irps.get(i), peekContext)) {
          return irps.get(i);
        }
      }
      return null;
    }

    @Override
    public Irql acquireLock(IoCsq csq) {
      return lock.acquire();
    }

    @Override
    public void releaseLock(IoCsq csq, Irql irql) {
      lock.release(irql);
    }

    @Override
    public void completeCanceledIrp(IoCsq csq, Irp irp) {
      irp.setIoStatus(NtStatus.STATUS_CANCELLED, 0);
      irp.io().completeRequest(irp);
    }
  }

  /** A java.util.List of any kind. */
  static class InList extends Locked {
    final List<Irp> irps;

    InList(List<Irp> irps) {
      this.irps = irps;
    }

    static InList linked() {
      return new InList(new LinkedList<>());
    }

    static InList array() {
      return new InList(new ArrayList<>());
    }

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      irps.add(irp);
    }

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      irps.remove(irp);
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      return next(irps, irp, peekContext);
    }
  }

  /** The last one first: no order is promised. */
  static class Stack extends InList {
    Stack() {
      super(new ArrayList<>());
    }

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      irps.add(0, irp);
    }
  }

  /** A ring of four slots with holes, which declines when it is full. */
  static class Ring extends Locked implements CsqCallbacksEx {
    private final @Nullable Irp[] slots = new Irp[4];
    private int first;
    private int used;

    @Override
    public NtStatus insertIrpEx(IoCsq csq, Irp irp, @Nullable Object insertContext) {
      if (used == slots.length) {
        return NtStatus.STATUS_INSUFFICIENT_RESOURCES;
      }
      slots[(first + used++) % slots.length] = irp;
      return NtStatus.STATUS_SUCCESS;
    }

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      insertIrpEx(csq, irp, null);
    }

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      List<Irp> left = new ArrayList<>(inOrder());
      left.remove(irp);
      Arrays.fill(slots, null);
      first = 1;
      used = 0;
      left.forEach(other -> slots[(first + used++) % slots.length] = other);
    }

    private List<Irp> inOrder() {
      List<Irp> irps = new ArrayList<>();
      for (int i = 0; i < used; i++) {
        irps.add(requireNonNull(slots[(first + i) % slots.length]));
      }
      return irps;
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      return next(inOrder(), irp, peekContext);
    }
  }

  /** A queue for each file. */
  static class ByFile extends Locked {
    private final Map<FileObject, Deque<Irp>> byFile = new LinkedHashMap<>();

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      byFile.computeIfAbsent(irp.currentStackLocation().fileObject(), file -> new ArrayDeque<>()).addLast(irp);
    }

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      byFile.values().forEach(queue -> queue.remove(irp));
      byFile.values().removeIf(Deque::isEmpty);
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      List<Irp> irps = new ArrayList<>();
      byFile.values().forEach(irps::addAll);
      return next(irps, irp, peekContext);
    }
  }

  /** A heap, by priority and arrival. */
  static class Heap extends Locked {
    private record Entry(int priority, long arrival, Irp irp) implements Comparable<Entry> {
      @Override
      public int compareTo(Entry other) {
        return priority != other.priority
            ? Integer.compare(priority, other.priority)
            : Long.compare(arrival, other.arrival);
      }
    }

    private final PriorityQueue<Entry> heap = new PriorityQueue<>();
    private long arrivals;

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      heap.add(new Entry((int) irp.currentStackLocation().length(), arrivals++, irp));
    }

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      heap.removeIf(entry -> entry.irp() == irp);
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      return next(heap.stream().sorted().map(Entry::irp).toList(), irp, peekContext);
    }
  }

  /** Under a lock that waits, as for a queue that is used by threads only. */
  static class Waiting extends InList {
    private final KEvent free = new KEvent("free", KEvent.Type.SYNCHRONIZATION_EVENT, true);

    Waiting() {
      super(new ArrayList<>());
    }

    @Override
    public Irql acquireLock(IoCsq csq) {
      Irql irql = Ke.raiseIrql(Irql.APC_LEVEL);
      free.waitForSingleObject();
      return irql;
    }

    @Override
    public void releaseLock(IoCsq csq, Irql irql) {
      free.set();
      Ke.lowerIrql(irql);
    }
  }

  /** Looks at no peek context, and takes one IRP. */
  static class Single extends Locked {
    private @Nullable Irp only;

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      if (only != null) {
        throw new IllegalStateException("full");
      }
      only = irp;
    }

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      only = null;
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      return irp == null ? only : null;
    }
  }

  /** A peek context is a name. */
  static class ByName extends InList {
    ByName() {
      super(new ArrayList<>());
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      Irp found = next(irps, irp, null);
      while (found != null && peekContext != null && !peekContext.equals(nameOf(found))) {
        found = next(irps, found, null);
      }
      return found;
    }

    private static String nameOf(Irp irp) {
      return String.valueOf(irp.currentStackLocation().fileObject());
    }
  }
}
