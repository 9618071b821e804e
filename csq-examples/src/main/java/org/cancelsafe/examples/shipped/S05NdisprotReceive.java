package org.cancelsafe.examples.shipped;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.examples.drivers.Expect;
import org.cancelsafe.hunter.scenario.Scenario;

/** S-5. */
@AutoService(CatalogueEntry.class)
public final class S05NdisprotReceive implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("S-5", Family.DESIGNS, "Reads and packets, and whoever adds to either serves")
        .text(
            """
            Reads and packets are two queues under one lock. Whoever adds to either one serves the reads, as long as
            there is one of each. A read that is being cancelled is skipped where it is, and its cancel routine unlinks
            it. Its mistake is B-45.""")
        .shipped("Windows driver samples, ndisprot 6x, `recv.c`.")
        .correction(NdisprotDriver.class, "pend")
        .correction(NdisprotDriver.class, "removeFirstRead");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("S-5.read")
            .about("a read is cancelled while a packet arrives")
            .model(machine -> B45.race(machine, new NdisprotDriver())),
        Scenario.named("S-5.two-reads")
            .about("the first of two reads is cancelled: the packet goes to the second")
            .model(S05NdisprotReceive::twoReads));
  }

  private static void twoReads(Machine machine) {
    IoManager io = IoManager.of(machine);
    NdisprotDriver driver = new NdisprotDriver();
    NdisprotDriver.OpenContext open = new NdisprotDriver.OpenContext();
    FileObject file = new FileObject("adapter", io.createDevice(driver.driverObject(), "NdisProt", null));
    file.setFsContext(open);
    Irp first = io.request(file, IRP_MJ_READ);
    io.request(file, IRP_MJ_READ);
    machine.startThread("Cancel", () -> io.cancelIrp(first));
    machine.startThread("Receive", () -> driver.receive(open));
    machine.afterwards(() -> Expect.that(open.recvPktCount.get() == 0, "a read waited, and the packet was kept"));
  }
}
