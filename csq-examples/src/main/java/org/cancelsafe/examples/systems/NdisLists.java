package org.cancelsafe.examples.systems;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.cancelsafe.emu.io.NtStatus.STATUS_UNSUCCESSFUL;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.ex.Ndis;
import org.cancelsafe.emu.ex.NdisSpinLock;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KInterrupt;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/** A protocol driver's list of received packets. */
@AutoService(CatalogueEntry.class)
public final class NdisLists implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("ndis-lists", Family.DESIGNS, "Received packets in an NDIS list")
        .text(
            """
            A protocol driver is given packets at DISPATCH_LEVEL, in the miniport's DPC, and keeps them in a list until
            a read comes. `NdisInterlockedInsertTailList` and its like raise to DISPATCH_LEVEL while they have the lock,
            and not higher, as those of the executive do. That is enough here, and it is not for who is called by an
            interrupt service routine.""")
        .mistake(LooksWithoutTheLock.class)
        .mistake(NdisLists.class, "indicateInIsr")
        .correction(Protocol.class);
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("ndis-lists.broken")
            .about("the read takes a packet without the list's lock")
            .expectingRace("DataRace")
            .processors(2)
            .model(machine -> run(machine, new LooksWithoutTheLock(), false)),
        Scenario.named("ndis-lists.broken-isr")
            .about("a packet is indicated by the interrupt service routine itself")
            .expectingRace("IrqlKeDispatchLte")
            .processors(2)
            .model(machine -> run(machine, new Protocol(), true)),
        Scenario.named("ndis-lists.fixed")
            .about("packets are indicated in a DPC and read by two threads")
            .processors(2)
            .model(machine -> run(machine, new Protocol(), false)),
        Scenario.named("ndis-lists.fixed-one-processor")
            .about("the same on one processor: the DPC never finds the lock held")
            .processors(1)
            .model(machine -> run(machine, new Protocol(), false)));
  }

  private static class Protocol {
    final ListEntry received = new ListEntry("received");
    final NdisSpinLock lock = new NdisSpinLock("lock");

    final void receive(Object packet) {
      Ndis.interlockedInsertTailList(received, new ListEntry(packet), lock);
    }

    final NtStatus read(DeviceObject device, Irp irp) {
      NtStatus status = takePacket() == null ? STATUS_UNSUCCESSFUL : STATUS_SUCCESS;
      irp.setIoStatus(status, 0);
      irp.io().completeRequest(irp);
      return status;
    }

    @Nullable ListEntry takePacket() {
      return Ndis.interlockedRemoveHeadList(received, lock);
    }
  }

  private static final class LooksWithoutTheLock extends Protocol {
    @Override
    @Nullable ListEntry takePacket() {
      return received.isEmpty() ? null : received.removeHead();
    }
  }

  private static void run(Machine machine, Protocol protocol, boolean indicatesInIsr) {
    IoManager io = IoManager.of(machine);
    DeviceObject device =
        io.createDevice(new DriverObject("protocol").setMajorFunction(IRP_MJ_READ, protocol::read), "protocol", null);
    KDpc dpc = new KDpc("miniport", (own, context, packet, other) -> protocol.receive("packet"), null);
    KInterrupt interrupt =
        KInterrupt.named("adapter")
            .irql(Irql.DIRQL_5)
            .serviceRoutine(
                (own, context) -> indicatesInIsr ? indicateInIsr(protocol) : dpc.insertQueue(null, null), null)
            .build();
    io.connectInterrupt(interrupt);
    FileObject file = new FileObject("file", device);
    machine.startHardware("adapter", interrupt::assertInterrupt);
    machine.startThread("Read", () -> io.request(file, IRP_MJ_READ));
    machine.startThread("Read2", () -> io.request(file, IRP_MJ_READ));
  }

  private static boolean indicateInIsr(Protocol protocol) {
    protocol.receive("packet");
    return true;
  }
}
