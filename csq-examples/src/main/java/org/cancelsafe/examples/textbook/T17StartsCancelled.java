package org.cancelsafe.examples.textbook;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** T-17. */
@AutoService(CatalogueEntry.class)
public final class T17StartsCancelled implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-17", Family.CANCEL_ROUTINE, "StartIo does not claim its IRP")
        .text(
            """
            IoStartPacket makes the IRP cancelable, and calls StartIo with it when the device is idle, even if it was
            cancelled before. StartIo has to take the cancel routine out and look at `Cancel`, under the cancel spin
            lock. Otherwise the device works with the routine armed, and whoever completes the IRP completes a
            cancelable one.""")
        .shipped("A book's sample (B-53).")
        .mistake(StartsAtOnce.class)
        .correction(DeviceQueueDriver.class, "startIo");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-17.broken")
            .about("StartIo starts the device with the cancel routine set")
            .expectingRace("CompleteWithCancelRoutine")
            .model(DeviceQueueDriver.readWhileCancelling(StartsAtOnce::new)),
        Scenario.named("T-17.fixed")
            .about("StartIo claims the IRP and looks whether it was cancelled")
            .model(DeviceQueueDriver.readWhileCancelling(DeviceQueueDriver::new)));
  }

  private static final class StartsAtOnce extends DeviceQueueDriver {
    @Override
    protected void startIo(DeviceObject device, Irp irp) {
      startDevice(device);
    }
  }
}
