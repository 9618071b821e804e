package org.cancelsafe.testkit.contract;

import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.csq.CsqCallbacksEx;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.testkit.Clause;
import org.cancelsafe.testkit.contract.Queues.InList;
import org.jspecify.annotations.Nullable;

/** Wrong in CsqAcquireLock or CsqReleaseLock, or beside them. */
final class BrokenLocks {
  private BrokenLocks() {}

  private abstract static class Lock extends InList {
    Lock() {
      super(new ArrayList<>());
    }

    @Override
    public Irql acquireLock(IoCsq csq) {
      return lock.acquire();
    }

    @Override
    public void releaseLock(IoCsq csq, Irql irql) {
      lock.release(irql);
    }
  }

  static List<Broken> all() {
    return List.of(
        Broken.of("no lock", NoLock::new, Clause.LOCK_EXCLUDES),
        Broken.of("the IRQL for a lock", OnlyIrql::new, Clause.LOCK_EXCLUDES),
        Broken.of("a lock for each call", LockPerCall::new, Clause.LOCK_EXCLUDES, Clause.LOCK_BALANCE),
        Broken.of("two locks by turns", TwoLocks::new, Clause.LOCK_EXCLUDES, Clause.LOCK_BALANCE),
        Broken.of("a lock that tests, then sets", TestThenSet::new, Clause.LOCK_EXCLUDES),
        Broken.of("released to PASSIVE_LEVEL", ReleasedToPassive::new, Clause.LOCK_IRQL, Clause.LOCK_BALANCE),
        Broken.of("acquire returns the IRQL it raised to", ReturnsRaised::new, Clause.LOCK_IRQL),
        Broken.of("acquired as if at DISPATCH_LEVEL", AtDpcLevel::new, Clause.LOCK_IRQL),
        Broken.of("lowered, then released", LoweredFirst::new, Clause.LOCK_IRQL, Clause.LOCK_BALANCE),
        Broken.of("the IRQL is remembered before the lock is held", RemembersEarly::new, Clause.LOCK_IRQL),
        Broken.of("kept when the queue is empty", KeptWhenEmpty::new, Clause.LOCK_BALANCE),
        Broken.of("released by an insert that fails", ReleasedByInsert::new, Clause.LOCK_BALANCE),
        Broken.of("kept after an insert that fails", KeptAfterFailure::new, Clause.LOCK_BALANCE),
        Broken.of("a lock that waits, at DISPATCH_LEVEL", Queues.Waiting::new, Clause.LOCK_IRQL),
        Broken.of("a second lock in both orders", TwoOrders::new, Clause.PROGRESS),
        Broken.of("counted without the lock", CountsShared::new, Clause.OWNERSHIP),
        Broken.of("counted without the lock, in a plain field", CountsPlain::new, Clause.AS_NEW, Clause.NO_LOST_IRP,
            Clause.PEEK_FIRST),
        Broken.of("never released", NeverReleased::new, Clause.LOCK_BALANCE));
  }

  private static final class NoLock extends Lock {
    @Override
    public Irql acquireLock(IoCsq csq) {
      return Ke.getCurrentIrql();
    }

    @Override
    public void releaseLock(IoCsq csq, Irql irql) {}
  }

  private static final class OnlyIrql extends Lock {
    @Override
    public Irql acquireLock(IoCsq csq) {
      return Ke.raiseIrqlToDpcLevel();
    }

    @Override
    public void releaseLock(IoCsq csq, Irql irql) {
      Ke.lowerIrql(irql);
    }
  }

  private static final class LockPerCall extends Lock {
    private volatile KSpinLock current = new KSpinLock("lock");

    @Override
    public Irql acquireLock(IoCsq csq) {
      KSpinLock own = new KSpinLock("lock");
      Irql irql = own.acquire();
      current = own;
      return irql;
    }

    @Override
    public void releaseLock(IoCsq csq, Irql irql) {
      current.release(irql);
    }
  }

  private static final class TwoLocks extends Lock {
    private final KSpinLock other = new KSpinLock("other");
    private boolean useOther;
    private boolean usesOther;

    @Override
    public Irql acquireLock(IoCsq csq) {
      boolean chosen = useOther;
      useOther = !chosen;
      Irql irql = (chosen ? other : lock).acquire();
      usesOther = chosen;
      return irql;
    }

    @Override
    public void releaseLock(IoCsq csq, Irql irql) {
      (usesOther ? other : lock).release(irql);
    }
  }

  private static final class TestThenSet extends Lock {
    private final InterlockedLong taken = new InterlockedLong("taken", 0);

    @Override
    public Irql acquireLock(IoCsq csq) {
      Irql irql = Ke.raiseIrqlToDpcLevel();
      while (taken.read() != 0) {}
      taken.write(1);
      return irql;
    }

    @Override
    public void releaseLock(IoCsq csq, Irql irql) {
      taken.write(0);
      Ke.lowerIrql(irql);
    }
  }

  private static final class ReleasedToPassive extends Lock {
    @Override
    public void releaseLock(IoCsq csq, Irql irql) {
      lock.release(Irql.PASSIVE_LEVEL);
    }
  }

  private static final class ReturnsRaised extends Lock {
    @Override
    public Irql acquireLock(IoCsq csq) {
      lock.acquire();
      return Ke.getCurrentIrql();
    }
  }

  private static final class AtDpcLevel extends Lock {
    @Override
    public Irql acquireLock(IoCsq csq) {
      lock.acquireAtDpcLevel();
      return Ke.getCurrentIrql();
    }

    @Override
    public void releaseLock(IoCsq csq, Irql irql) {
      lock.releaseFromDpcLevel();
    }
  }

  private static final class LoweredFirst extends Lock {
    @Override
    public void releaseLock(IoCsq csq, Irql irql) {
      Ke.lowerIrql(irql);
      lock.releaseFromDpcLevel();
    }
  }

  private static final class RemembersEarly extends Lock {
    private Irql remembered = Irql.PASSIVE_LEVEL;

    @Override
    public Irql acquireLock(IoCsq csq) {
      remembered = Ke.getCurrentIrql();
      return lock.acquire();
    }

    @Override
    public void releaseLock(IoCsq csq, Irql irql) {
      lock.release(remembered);
    }
  }

  private static final class KeptWhenEmpty extends Lock {
    @Override
    public void releaseLock(IoCsq csq, Irql irql) {
      if (!irps.isEmpty()) {
        lock.release(irql);
      }
    }
  }

  private abstract static class Declining extends Lock implements CsqCallbacksEx {
    boolean failed;

    @Override
    public NtStatus insertIrpEx(IoCsq csq, Irp irp, @Nullable Object insertContext) {
      failed = irps.size() == 3;
      if (failed) {
        failing(csq);
        return NtStatus.STATUS_INSUFFICIENT_RESOURCES;
      }
      irps.add(irp);
      return NtStatus.STATUS_SUCCESS;
    }

    void failing(IoCsq csq) {}

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      insertIrpEx(csq, irp, null);
    }
  }

  private static final class ReleasedByInsert extends Declining {
    @Override
    void failing(IoCsq csq) {
      lock.release(Irql.PASSIVE_LEVEL);
    }
  }

  private static final class KeptAfterFailure extends Declining {
    @Override
    public void releaseLock(IoCsq csq, Irql irql) {
      if (!failed) {
        lock.release(irql);
      }
    }
  }

  private static final class TwoOrders extends Lock {
    private final KSpinLock statistics = new KSpinLock("statistics");

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      Irql irql = statistics.acquire();
      statistics.release(irql);
      super.insertIrp(csq, irp);
    }

    @Override
    public void completeCanceledIrp(IoCsq csq, Irp irp) {
      Irql irql = statistics.acquire();
      Irql inner = acquireLock(csq);
      releaseLock(csq, inner);
      statistics.release(irql);
      super.completeCanceledIrp(csq, irp);
    }
  }

  private static final class CountsShared extends Lock {
    private final Shared<Integer> cancelled = new Shared<>("cancelled", 0);

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      cancelled.get();
      super.insertIrp(csq, irp);
    }

    @Override
    public void completeCanceledIrp(IoCsq csq, Irp irp) {
      cancelled.set(cancelled.get() + 1);
      super.completeCanceledIrp(csq, irp);
    }
  }

  /** Counts down where nothing is held, when the IRP was cancelled; a removal knows that it was none. */
  private static final class CountsPlain extends Lock {
    private int count;

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      count++;
      super.insertIrp(csq, irp);
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      return count == irps.size() || count > 0 ? super.peekNextIrp(csq, irp, peekContext) : null;
    }

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      super.removeIrp(csq, irp);
      if (!irp.cancel()) {
        count--;
      }
    }

    @Override
    public void completeCanceledIrp(IoCsq csq, Irp irp) {
      count--;
      super.completeCanceledIrp(csq, irp);
    }
  }

  private static final class NeverReleased extends Lock {
    @Override
    public void releaseLock(IoCsq csq, Irql irql) {}
  }
}
