package org.cancelsafe.examples.textbook;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.examples.drivers.QueueDevice;
import org.cancelsafe.examples.drivers.UnlockedCallbacks;
import org.cancelsafe.hunter.scenario.Scenario;

/** T-15. */
@AutoService(CatalogueEntry.class)
public final class T15LockCallbacks implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-15", Family.REMOVING, "Lock callbacks that do not lock")
        .text(
            """
            A cancel-safe queue is as safe as its lock: between peeking at an IRP and exchanging its routine nobody
            else may take it out. Callbacks that do nothing are one way to lose that. Another is to keep the IRQL that
            the acquire saves in the queue, and to write it before the lock is held: the next one to come overwrites
            it, and the lock is given back to the wrong IRQL. Written after the acquire it is guarded by the lock like
            everything else there.""")
        .shipped("usbip-win2 (B-16).")
        .mistake(UnlockedCallbacks.class, "acquireLock")
        .mistake(UnlockedCallbacks.class, "releaseLock")
        .mistake(IrqlBefore.class)
        .correction(IrqlAfter.class);
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-15.no-lock")
            .about("the lock callbacks do nothing")
            .expectingRace("DataRace")
            .model(QueueDevice.insertCancelRemove(UnlockedCallbacks::new)),
        Scenario.named("T-15.irql")
            .about("the saved IRQL is in the queue, and written before the lock is held")
            .expectingRace("DataRace")
            .model(QueueDevice.insertCancelRemove(IrqlBefore::new)),
        Scenario.named("T-15.fixed")
            .about("the saved IRQL is in the queue, and written under the lock")
            .model(QueueDevice.insertCancelRemove(IrqlAfter::new)));
  }

  private static class IrqlBefore extends UnlockedCallbacks {
    final KSpinLock lock = new KSpinLock("lock");
    final Shared<Irql> savedIrql = new Shared<>("queue.irql", Irql.PASSIVE_LEVEL);

    @Override
    public Irql acquireLock(IoCsq csq) {
      savedIrql.set(Ke.getCurrentIrql());
      return lock.acquire();
    }

    @Override
    public void releaseLock(IoCsq csq, Irql irql) {
      lock.release(savedIrql.get());
    }
  }

  private static final class IrqlAfter extends IrqlBefore {
    @Override
    public Irql acquireLock(IoCsq csq) {
      Irql irql = lock.acquire();
      savedIrql.set(irql);
      return irql;
    }
  }
}
