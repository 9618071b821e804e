package org.cancelsafe.testkit.contract;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.cancelsafe.csq.CsqCallbacksEx;
import org.cancelsafe.csq.FifoCallbacks;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.ex.ExSpinLock;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KGuardedMutex;
import org.cancelsafe.emu.ke.KLockQueueHandle;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.testkit.Order;
import org.cancelsafe.testkit.contract.ContractRun.Terms;
import org.cancelsafe.testkit.contract.Queues.InList;
import org.cancelsafe.testkit.contract.Queues.Locked;
import org.jspecify.annotations.Nullable;

/** Correct callbacks that nobody would write at first. */
final class UnusualQueues {
  private UnusualQueues() {}

  static Map<String, Terms> all() {
    return Map.ofEntries(
        Map.entry("by turns of the files", new Terms(ByTurns::new).order(Order.FIFO_BY_FILE)),
        Map.entry("tombstones", new Terms(Tombstones::new)),
        Map.entry("peek leaves out what is cancelled", new Terms(LeavesOutCancelled::new)),
        Map.entry("a heap in an array", new Terms(ArrayHeap::new).order(Order.PRIORITY)),
        Map.entry("a tree", new Terms(Tree::new).order(Order.PRIORITY)),
        Map.entry("a guarded mutex", new Terms(Guarded::new).highest(Irql.APC_LEVEL)),
        Map.entry("a reader/writer spin lock", new Terms(Exclusive::new)),
        Map.entry("an in-stack queued spin lock", new Terms(QueuedLock::new)),
        Map.entry("another lock in ready-made callbacks", new Terms(ReplacedLock::new)),
        Map.entry("pending is success", new Terms(PendingIsSuccess::new)),
        Map.entry("a context made anew each time", new Terms(FreshContexts::new) {
          @Override
          Object peekContext(FileObject file) {
            return new FreshContexts.OfFile(file);
          }
        }));
  }

  /** One IRP of each file, then the next one of each; who was served goes to the end. */
  private static final class ByTurns extends Locked {
    private final Map<FileObject, Deque<Irp>> files = new LinkedHashMap<>();

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      files.computeIfAbsent(requireNonNull(irp.currentStackLocation().fileObject()), it -> new ArrayDeque<>()).add(irp);
    }

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      FileObject file = requireNonNull(irp.currentStackLocation().fileObject());
      Deque<Irp> queue = requireNonNull(files.remove(file));
      queue.remove(irp);
      if (!queue.isEmpty()) {
        files.put(file, queue);
      }
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      List<Irp> order = new ArrayList<>();
      List<Deque<Irp>> left = new ArrayList<>();
      files.values().forEach(queue -> left.add(new ArrayDeque<>(queue)));
      while (!left.isEmpty()) {
        left.forEach(queue -> order.add(queue.remove()));
        left.removeIf(Deque::isEmpty);
      }
      return next(order, irp, peekContext);
    }
  }

  /** What is removed is marked; the list is made new when most of it is marked. */
  private static final class Tombstones extends Locked {
    private List<Irp> irps = new ArrayList<>();
    private final Set<Irp> dead = new HashSet<>();

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      if (dead.contains(irp)) {
        bury();
      }
      irps.add(irp);
    }

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      dead.add(irp);
      if (dead.size() > irps.size() / 2) {
        bury();
      }
    }

    private void bury() {
      irps = alive();
      dead.clear();
    }

    private List<Irp> alive() {
      return new ArrayList<>(irps.stream().filter(irp -> !dead.contains(irp)).toList());
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      return next(alive(), irp, peekContext);
    }
  }

  /** Whoever is being cancelled would be skipped anyway. */
  private static final class LeavesOutCancelled extends InList {
    LeavesOutCancelled() {
      super(new ArrayList<>());
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      Irp found = next(irps, irp, peekContext);
      while (found != null && found.cancel()) {
        found = next(irps, found, peekContext);
      }
      return found;
    }
  }

  private static final class ArrayHeap extends Locked {
    private record Entry(long priority, long arrival, Irp irp) {
      boolean isBefore(Entry other) {
        return priority != other.priority ? priority < other.priority : arrival < other.arrival;
      }
    }

    private final List<Entry> heap = new ArrayList<>();
    private long arrivals;

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      heap.add(new Entry(irp.currentStackLocation().length(), arrivals++, irp));
      up(heap.size() - 1);
    }

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      int at = 0;
      while (heap.get(at).irp() != irp) {
        at++;
      }
      swap(at, heap.size() - 1);
      heap.remove(heap.size() - 1);
      if (at < heap.size()) {
        up(at);
        down(at);
      }
    }

    private void up(int from) {
      for (int at = from; at > 0 && heap.get(at).isBefore(heap.get((at - 1) / 2)); at = (at - 1) / 2) {
        swap(at, (at - 1) / 2);
      }
    }

    private void down(int from) {
      int at = from;
      while (true) {
        int least = at;
        for (int child = 2 * at + 1; child <= 2 * at + 2 && child < heap.size(); child++) {
          least = heap.get(child).isBefore(heap.get(least)) ? child : least;
        }
        if (least == at) {
          return;
        }
        swap(at, least);
        at = least;
      }
    }

    private void swap(int one, int other) {
      Entry entry = heap.set(one, heap.get(other));
      heap.set(other, entry);
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      List<Irp> sorted =
          heap.stream().sorted((one, other) -> one.isBefore(other) ? -1 : 1).map(Entry::irp).toList();
      return next(sorted, irp, peekContext);
    }
  }

  /** Each IRP knows its key. */
  private static final class Tree extends Locked {
    private final TreeMap<Long, Irp> tree = new TreeMap<>();
    private long arrivals;

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      long key = irp.currentStackLocation().length() << 48 | arrivals++;
      irp.setDriverContext(1, key);
      tree.put(key, irp);
    }

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      tree.remove((Long) irp.driverContext(1));
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      Map.Entry<Long, Irp> entry = irp == null ? tree.firstEntry() : tree.higherEntry((Long) irp.driverContext(1));
      while (entry != null && !matches(entry.getValue(), peekContext)) {
        entry = tree.higherEntry(entry.getKey());
      }
      return entry == null ? null : entry.getValue();
    }
  }

  private static final class Guarded extends InList {
    private final KGuardedMutex mutex = new KGuardedMutex("mutex");

    Guarded() {
      super(new ArrayList<>());
    }

    @Override
    public Irql acquireLock(IoCsq csq) {
      mutex.acquire();
      return Ke.getCurrentIrql();
    }

    @Override
    public void releaseLock(IoCsq csq, Irql irql) {
      mutex.release();
    }
  }

  private static final class Exclusive extends InList {
    private final ExSpinLock exclusive = new ExSpinLock("exclusive");

    Exclusive() {
      super(new ArrayList<>());
    }

    @Override
    public Irql acquireLock(IoCsq csq) {
      return exclusive.acquireExclusive();
    }

    @Override
    public void releaseLock(IoCsq csq, Irql irql) {
      exclusive.releaseExclusive(irql);
    }
  }

  /** The handle is the holder's; the field is written with the lock held. */
  private static final class QueuedLock extends InList {
    private @Nullable KLockQueueHandle holder;

    QueuedLock() {
      super(new ArrayList<>());
    }

    @Override
    public Irql acquireLock(IoCsq csq) {
      KLockQueueHandle handle = new KLockQueueHandle();
      lock.acquireInStackQueued(handle);
      holder = handle;
      return handle.oldIrql();
    }

    @Override
    public void releaseLock(IoCsq csq, Irql irql) {
      requireNonNull(holder).releaseInStackQueued();
    }
  }

  private static final class ReplacedLock extends FifoCallbacks {
    private final KSpinLock shared = new KSpinLock("shared");

    ReplacedLock() {
      super("queue");
    }

    @Override
    public Irql acquireLock(IoCsq csq) {
      return shared.acquire();
    }

    @Override
    public void releaseLock(IoCsq csq, Irql irql) {
      shared.release(irql);
    }
  }

  /** STATUS_PENDING is a success code. */
  private static final class PendingIsSuccess extends InList implements CsqCallbacksEx {
    PendingIsSuccess() {
      super(new ArrayList<>());
    }

    @Override
    public NtStatus insertIrpEx(IoCsq csq, Irp irp, @Nullable Object insertContext) {
      irps.add(irp);
      return NtStatus.STATUS_PENDING;
    }

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      insertIrpEx(csq, irp, null);
    }
  }

  /** A peek context says which file it means, and is equal to no other. */
  private static final class FreshContexts extends InList {
    static final class OfFile {
      private final FileObject file;

      OfFile(FileObject file) {
        this.file = file;
      }
    }

    FreshContexts() {
      super(new ArrayList<>());
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      return next(irps, irp, peekContext instanceof OfFile of ? of.file : null);
    }
  }
}
