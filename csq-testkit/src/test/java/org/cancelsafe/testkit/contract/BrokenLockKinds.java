package org.cancelsafe.testkit.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.ex.ExSpinLock;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.ke.KSemaphore;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.testkit.Clause;
import org.cancelsafe.testkit.contract.ContractRun.Terms;
import org.cancelsafe.testkit.contract.Queues.InList;

/** Locks of a kind that does not do. */
final class BrokenLockKinds {
  private BrokenLockKinds() {}

  private abstract static class Kind extends InList {
    Kind() {
      super(new ArrayList<>());
    }
  }

  static List<Broken> all() {
    return List.of(
        Broken.of("another lock at APC_LEVEL", AnotherAtApc::new, Clause.LOCK_EXCLUDES),
        Broken.of("a lock for each processor", PerProcessor::new, Clause.LOCK_EXCLUDES, Clause.LOCK_BALANCE,
            Clause.OWNERSHIP),
        Broken.of("a lock that is not waited for long", GivesUp::new, Clause.LOCK_EXCLUDES),
        Broken.of("a lock that is shared", Sharing::new, Clause.LOCK_EXCLUDES),
        new Broken("a semaphore of two", new Terms(OfTwo::new).highest(Irql.APC_LEVEL),
            java.util.Set.of(Clause.LOCK_EXCLUDES)),
        Broken.of("a lock of the JVM", OfTheJvm::new, Clause.PROGRESS, Clause.LOCK_IRQL, Clause.NO_EXCEPTION),
        Broken.of("a second lock that is kept when the IRP is cancelled", KeepsAnother::new, Clause.LOCK_BALANCE),
        Broken.of("released before the queue is", ReleasedInRemove::new, Clause.LOCK_BALANCE),
        Broken.of("kept when three are left", KeptAtThree::new, Clause.LOCK_BALANCE),
        Broken.of("released twice", ReleasedTwice::new, Clause.LOCK_BALANCE));
  }

  private static final class AnotherAtApc extends Kind {
    private final KSpinLock another = new KSpinLock("another");
    private boolean usesAnother;

    @Override
    public Irql acquireLock(IoCsq csq) {
      boolean atApc = Ke.getCurrentIrql() == Irql.APC_LEVEL;
      Irql irql = (atApc ? another : lock).acquire();
      usesAnother = atApc;
      return irql;
    }

    @Override
    public void releaseLock(IoCsq csq, Irql irql) {
      (irql == Irql.APC_LEVEL ? another : lock).release(irql);
    }
  }

  private static final class PerProcessor extends Kind {
    private final KSpinLock[] locks = {new KSpinLock("lock 0"), new KSpinLock("lock 1")};

    @Override
    public Irql acquireLock(IoCsq csq) {
      Irql irql = Ke.raiseIrqlToDpcLevel();
      locks[Ke.getCurrentProcessorNumber() % 2].acquireAtDpcLevel();
      return irql;
    }

    @Override
    public void releaseLock(IoCsq csq, Irql irql) {
      locks[Ke.getCurrentProcessorNumber() % 2].releaseFromDpcLevel();
      Ke.lowerIrql(irql);
    }
  }

  private static final class GivesUp extends Kind {
    private static final int PATIENCE = 100;

    private final InterlockedLong taken = new InterlockedLong("taken", 0);

    @Override
    public Irql acquireLock(IoCsq csq) {
      Irql irql = Ke.raiseIrqlToDpcLevel();
      for (int i = 0; i < PATIENCE && taken.exchange(1) != 0; i++) {}
      return irql;
    }

    @Override
    public void releaseLock(IoCsq csq, Irql irql) {
      taken.write(0);
      Ke.lowerIrql(irql);
    }
  }

  private static final class Sharing extends Kind {
    private final ExSpinLock shared = new ExSpinLock("shared");

    @Override
    public Irql acquireLock(IoCsq csq) {
      return shared.acquireShared();
    }

    @Override
    public void releaseLock(IoCsq csq, Irql irql) {
      shared.releaseShared(irql);
    }
  }

  private static final class OfTwo extends Kind {
    private final KSemaphore free = new KSemaphore("free", 2, 2);

    @Override
    public Irql acquireLock(IoCsq csq) {
      Irql irql = Ke.raiseIrql(Irql.APC_LEVEL);
      free.waitForSingleObject();
      return irql;
    }

    @Override
    public void releaseLock(IoCsq csq, Irql irql) {
      free.release(1);
      Ke.lowerIrql(irql);
    }
  }

  private static final class OfTheJvm extends Kind {
    private final ReentrantLock held = new ReentrantLock();

    @Override
    public Irql acquireLock(IoCsq csq) {
      Irql irql = Ke.raiseIrqlToDpcLevel();
      held.lock();
      return irql;
    }

    @Override
    public void releaseLock(IoCsq csq, Irql irql) {
      held.unlock();
      Ke.lowerIrql(irql);
    }
  }

  private static final class KeepsAnother extends Kind {
    private final KSpinLock another = new KSpinLock("another");

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      another.acquireAtDpcLevel();
      super.removeIrp(csq, irp);
      if (!irp.cancel()) {
        another.releaseFromDpcLevel();
      }
    }
  }

  private static final class ReleasedInRemove extends Kind {
    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      super.removeIrp(csq, irp);
      lock.releaseFromDpcLevel();
    }
  }

  private static final class KeptAtThree extends Kind {
    @Override
    public void releaseLock(IoCsq csq, Irql irql) {
      if (irps.size() != 3) {
        super.releaseLock(csq, irql);
      }
    }
  }

  private static final class ReleasedTwice extends Kind {
    @Override
    public void releaseLock(IoCsq csq, Irql irql) {
      lock.releaseFromDpcLevel();
      super.releaseLock(csq, irql);
    }
  }
}
