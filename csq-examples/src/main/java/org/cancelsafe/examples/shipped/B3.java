package org.cancelsafe.examples.shipped;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_CREATE;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.function.Supplier;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.ke.KThread;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Model;

/** B-3. */
@AutoService(CatalogueEntry.class)
public final class B3 implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("B-3", Family.CANCEL_ROUTINE, "The one who would complete it cannot find it")
        .text(
            """
            The cancel routine does not complete the IRP. It marks the entry as canceled by force and wakes the timeout
            thread, which searches the list. Whoever answers the IRP unlinked the entry, lost the exchange, and left it
            to the cancel routine: the thread finds nothing, and the IRP waits for ever.""")
        .shipped("Dokany until f8a542a13e42 (2026).")
        .mistake(DokanDriver.class, "reply")
        .mistake(Unlinks.class)
        .correction(DokanDriver.class, "leaveToTimeoutThread");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("B-3.broken")
            .about("Dokany: the reply unlinks what the timeout thread will look for")
            .expectingRace("CancelledIrpNotCompleted")
            .model(replyAndCancel(Unlinks::new)),
        Scenario.named("B-3.fixed")
            .about("Dokany: the reply puts it on a list of those canceled by force")
            .model(replyAndCancel(DokanDriver::new)));
  }

  private static final class Unlinks extends DokanDriver {
    @Override
    void leaveToTimeoutThread(Dcb dcb, ListEntry link) {}
  }

  private static Model replyAndCancel(Supplier<DokanDriver> loaded) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      DokanDriver driver = loaded.get();
      DokanDriver.Dcb dcb = new DokanDriver.Dcb();
      DeviceObject device = io.createDevice(driver.driverObject(), "\\Device\\Dokan", dcb);
      Irp create = io.request(new FileObject("file", device), IRP_MJ_CREATE);
      machine.startThread("Cancel", () -> io.cancelIrp(create));
      machine.startThread("Reply", () -> driver.reply(dcb));
      KThread.createSystemThread(machine, "Timeout", () -> driver.forcedTimeouts(dcb));
    };
  }
}
