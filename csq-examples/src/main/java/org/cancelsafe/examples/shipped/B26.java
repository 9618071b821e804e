package org.cancelsafe.examples.shipped;

import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.examples.drivers.SlotDriver;
import org.cancelsafe.hunter.scenario.Scenario;

/** B-26. */
@AutoService(CatalogueEntry.class)
public final class B26 implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("B-26", Family.COMPLETION, "Parked by the handler, completed by the exit")
        .text(
            """
            The handler parks the IRP. What it returns is not passed on, and the way out that all requests share
            completes the IRP: armed, and in the slot for the next packet to complete again.""")
        .shipped("Open vSwitch until 8ddda6853 (2014) and cc84898c4 (2015), `Datapath.c`; ovs-issues#83.")
        .mistake(CommonExit.class)
        .correction(SlotDriver.class, "read");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("B-26.broken")
            .about("Open vSwitch: the common way out completes a parked IRP")
            .expectingRace("CompleteWithCancelRoutine")
            .model(SlotDriver.readWhileWriting(CommonExit::new)),
        Scenario.named("B-26.fixed")
            .about("Open vSwitch: STATUS_PENDING is passed on, and nothing completed")
            .model(SlotDriver.readWhileWriting(SlotDriver::new)));
  }

  private static final class CommonExit extends SlotDriver {
    @Override
    protected NtStatus read(DeviceObject device, Irp irp) {
      super.read(device, irp);
      complete(irp, STATUS_SUCCESS);
      return STATUS_SUCCESS;
    }
  }
}
