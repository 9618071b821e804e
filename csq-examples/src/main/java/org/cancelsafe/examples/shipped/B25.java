package org.cancelsafe.examples.shipped;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.examples.drivers.SlotDriver;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Model;

/** B-25. */
@AutoService(CatalogueEntry.class)
public final class B25 implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("B-25", Family.COMPLETION, "A pointer from the last time round")
        .text(
            """
            For each packet the loop takes the parked IRP, if there is one, and completes it at its end. The variable
            is not reset: the second packet finds no IRP parked, and completes that of the first one again. One thread
            and two packets are enough.""")
        .shipped("Open vSwitch until 57d7a5f5a (2015), `ovsext/User.c`.")
        .mistake(B25.class, "deliver");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("B-25.broken")
            .about("Open vSwitch: the second packet completes the IRP of the first")
            .expectingRace("DoubleCompletion")
            .model(twoPackets(false)),
        Scenario.named("B-25.fixed")
            .about("Open vSwitch: the variable is reset for each packet")
            .model(twoPackets(true)));
  }

  private static final class Queue extends SlotDriver {
    void deliver(Extension extension, int packets, boolean resets) {
      Irp irp = null;
      for (int packet = 0; packet < packets; packet++) {
        if (resets) {
          irp = null;
        }
        Irp parked = take(extension);
        if (parked != null) {
          irp = parked;
        }
        if (irp != null) {
          complete(irp, STATUS_SUCCESS);
        }
      }
    }
  }

  private static Model twoPackets(boolean resets) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      Queue driver = new Queue();
      DeviceObject device = driver.addDevice(io);
      io.request(new FileObject("file", device), IRP_MJ_READ);
      SlotDriver.Extension extension = device.deviceExtension(SlotDriver.Extension.class);
      machine.startThread("Packets", () -> driver.deliver(extension, 2, resets));
    };
  }
}
