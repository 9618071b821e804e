package org.cancelsafe.examples.shipped;

import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.examples.textbook.DeviceQueueDriver;
import org.cancelsafe.hunter.scenario.Scenario;

/** B-36. */
@AutoService(CatalogueEntry.class)
public final class B36 implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("B-36", Family.CANCEL_ROUTINE, "StartIo is called below DISPATCH_LEVEL")
        .text(
            """
            An IoStartPacket of one's own: it raises to DISPATCH_LEVEL, takes the cancel spin lock, and, the device
            being idle, gives the lock back with the IRQL of the raise instead of that of the lock. From there on it
            runs at the caller's level, and so does StartIo. One thread is enough to see it.""")
        .shipped("ReactOS, `IoStartPacket`.")
        .mistake(ReleasesToTheCallersLevel.class)
        .correction(OwnStartPacket.class);
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("B-36.broken")
            .about("ReactOS: the lock is given back with the IRQL before the raise")
            .expectingRace("IrqlDispatch")
            .model(DeviceQueueDriver.readWhileCancelling(ReleasesToTheCallersLevel::new)),
        Scenario.named("B-36.fixed")
            .about("ReactOS: the lock is given back with the IRQL of its acquire")
            .model(DeviceQueueDriver.readWhileCancelling(OwnStartPacket::new)));
  }

  private static class OwnStartPacket extends DeviceQueueDriver {
    @Override
    protected NtStatus read(DeviceObject device, Irp irp) {
      irp.markPending();
      IoManager io = irp.io();
      Irql old = Ke.raiseIrqlToDpcLevel();
      Irql irql = io.acquireCancelSpinLock();
      irp.setCancelRoutine(this::cancel);
      device.deviceQueue().insert(irp.deviceQueueEntry());
      device.setCurrentIrp(irp);
      io.releaseCancelSpinLock(levelToReleaseTo(old, irql));
      startIo(device, irp);
      if (Ke.getCurrentIrql() == Irql.DISPATCH_LEVEL) {
        Ke.lowerIrql(old);
      }
      return STATUS_PENDING;
    }

    Irql levelToReleaseTo(Irql beforeTheRaise, Irql beforeTheLock) {
      return beforeTheLock;
    }
  }

  private static final class ReleasesToTheCallersLevel extends OwnStartPacket {
    @Override
    Irql levelToReleaseTo(Irql beforeTheRaise, Irql beforeTheLock) {
      return beforeTheRaise;
    }
  }
}
