package org.cancelsafe.examples.shipped;

import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.examples.drivers.OwnRequest;
import org.cancelsafe.examples.drivers.SlotDriver;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/** B-40. */
@AutoService(CatalogueEntry.class)
public final class B40 implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("B-40", Family.CANCEL_ROUTINE, "One slot, three mistakes")
        .text(
            """
            A keyboard driver keeps one read pending. A read that was cancelled before it came is refused with
            STATUS_CANCELLED, and not completed. When keys come, the exchange is ignored and the read completed; the
            cancel routine, called already, then reads `CancelIrql` from it. And if the same memory is the next read by
            then, the late cancel routine finds it in the slot and cancels that one. A debug print in the driver asks
            "Race condition?".""")
        .shipped("ReactOS, `drivers/input/kbdclass/kbdclass.c` at 10ddfd28.")
        .mistake(Refuses.class)
        .mistake(Ignores.class)
        .correction(SlotDriver.class, "read")
        .correction(SlotDriver.class, "take")
        .correction(SlotDriver.class, "cancel");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("B-40.refuses")
            .about("kbdclass: a cancelled read is refused and not completed")
            .expectingRace("CompleteRequest")
            .model(SlotDriver.readWhileCancelling(Refuses::new)),
        Scenario.named("B-40.ignores")
            .about("kbdclass: reads CancelIrql from a read that was completed")
            .expectingRace("IrpTouchedAfterCompletion")
            .model(SlotDriver.writeWhileCancelling(Ignores::new)),
        Scenario.named("B-40.recycled")
            .about("kbdclass: cancels the next read, in the same memory")
            .expectingRace("CompleteWithCancelRoutine")
            .model(OwnRequest.sendTwice(IgnoresAndReleases::new)),
        Scenario.named("B-40.fixed")
            .about("kbdclass: the exchange decides, and every read is completed")
            .model(SlotDriver.writeWhileCancelling(SlotDriver::new)));
  }

  private static final class Refuses extends SlotDriver {
    @Override
    protected NtStatus read(DeviceObject device, Irp irp) {
      return irp.cancel() ? STATUS_CANCELLED : super.read(device, irp);
    }
  }

  private static class Ignores extends SlotDriver {
    @Override
    protected @Nullable Irp take(Extension extension) {
      Irql irql = extension.lock.acquire();
      Irp irp = extension.slot.get();
      extension.slot.set(null);
      if (irp != null) {
        irp.setCancelRoutine(null);
      }
      extension.lock.release(irql);
      return irp;
    }

    @Override
    protected void cancel(DeviceObject device, Irp irp) {
      boolean found = clearSlot(extensionOf(device), irp);
      irp.io().releaseCancelSpinLock(irp.cancelIrql());
      if (found) {
        complete(irp, STATUS_CANCELLED);
      }
    }
  }

  private static final class IgnoresAndReleases extends Ignores {
    @Override
    protected void cancel(DeviceObject device, Irp irp) {
      irp.io().releaseCancelSpinLock(irp.cancelIrql());
      if (clearSlot(extensionOf(device), irp)) {
        complete(irp, STATUS_CANCELLED);
      }
    }
  }
}
