package org.cancelsafe.examples.shipped;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.ex.InterlockedPointer;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.examples.drivers.QueueDevice;
import org.cancelsafe.examples.drivers.UnlockedCallbacks;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/** B-16. */
@AutoService(CatalogueEntry.class)
public final class B16 implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("B-16", Family.REMOVING, "A cancel-safe queue without a lock")
        .text(
            """
            The queue has one slot, an atomic pointer, so its lock callbacks are empty: what is there to lock? The
            library peeks at an IRP and then exchanges its routine. Between the two the cancel routine takes the IRP
            out of the slot, completes it, and its memory is gone: the exchange is done on that.""")
        .shipped("usbip-win2 d92f44af (2022), `driver/vhci/csq.cpp`, until bca6dc1d (2024).")
        .mistake(AtomicSlot.class)
        .correction(LockedSlot.class);
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("B-16.broken")
            .about("usbip-win2: the slot is atomic, the lock callbacks are empty")
            .expectingRace("IrpTouchedAfterCompletion")
            .model(QueueDevice.insertCancelRemove(AtomicSlot::new)),
        Scenario.named("B-16.fixed")
            .about("usbip-win2: a lock between the peek and the exchange")
            .model(QueueDevice.insertCancelRemove(LockedSlot::new)));
  }

  private static class AtomicSlot extends UnlockedCallbacks {
    private final InterlockedPointer<Irp> slot = new InterlockedPointer<>("slot", null);

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      slot.write(irp);
    }

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      slot.compareExchange(null, irp);
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      return irp == null ? slot.read() : null;
    }
  }

  private static final class LockedSlot extends AtomicSlot {
    private final KSpinLock lock = new KSpinLock("lock");

    @Override
    public Irql acquireLock(IoCsq csq) {
      return lock.acquire();
    }

    @Override
    public void releaseLock(IoCsq csq, Irql irql) {
      lock.release(irql);
    }
  }
}
