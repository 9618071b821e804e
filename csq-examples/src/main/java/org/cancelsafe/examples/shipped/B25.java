package org.cancelsafe.examples.shipped;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.function.Supplier;
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
import org.jspecify.annotations.Nullable;

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
        .mistake(Queue.class, "deliver")
        .mistake(KeepsPointer.class, "nextIrp")
        .correction(Queue.class, "nextIrp");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("B-25.broken")
            .about("Open vSwitch: the second packet completes the IRP of the first")
            .expectingRace("DoubleCompletion")
            .model(twoPackets(KeepsPointer::new)),
        Scenario.named("B-25.fixed")
            .about("Open vSwitch: the variable is reset for each packet")
            .model(twoPackets(Queue::new)));
  }

  private static class Queue extends SlotDriver {
    final void deliver(Extension extension, int packets) {
      Irp irp = null;
      for (int packet = 0; packet < packets; packet++) {
        irp = nextIrp(take(extension), irp);
        if (irp != null) {
          complete(irp, STATUS_SUCCESS);
        }
      }
    }

    @Nullable Irp nextIrp(@Nullable Irp parked, @Nullable Irp last) {
      return parked;
    }
  }

  private static final class KeepsPointer extends Queue {
    @Override
    @Nullable Irp nextIrp(@Nullable Irp parked, @Nullable Irp last) {
      return parked != null ? parked : last;
    }
  }

  private static Model twoPackets(Supplier<Queue> loaded) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      Queue driver = loaded.get();
      DeviceObject device = driver.addDevice(io);
      io.request(new FileObject("file", device), IRP_MJ_READ);
      SlotDriver.Extension extension = device.deviceExtension(SlotDriver.Extension.class);
      machine.startThread("Packets", () -> driver.deliver(extension, 2));
    };
  }
}
