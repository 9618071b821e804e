package org.cancelsafe.examples.systems;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KInterrupt;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/** What an interrupt service routine shares with StartIo and DpcForIsr. */
@AutoService(CatalogueEntry.class)
public final class SynchCritSection implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("synch-crit-section", Family.DESIGNS, "Data shared with an interrupt service routine")
        .text(
            """
            The service routine notes that the device has transferred the request that StartIo has told it of, and the
            DpcForIsr takes that request and completes it. The device interrupts once more than it should. Who shares
            data with a service routine reads and writes it in a SynchCritSection routine, called by
            KeSynchronizeExecution at the interrupt's IRQL with its spin lock held. Being at DISPATCH_LEVEL keeps no
            interrupt out.""")
        .mistake(ReadsAtDispatchLevel.class)
        .correction(Driver.class);
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("synch-crit-section.broken")
            .about("the DPC reads at DISPATCH_LEVEL what the ISR writes")
            .expectingRace("DataRace")
            .processors(2)
            .model(machine -> run(machine, new ReadsAtDispatchLevel(), true)),
        Scenario.named("synch-crit-section.fixed")
            .about("StartIo and DpcForIsr use KeSynchronizeExecution, two processors")
            .processors(2)
            .model(machine -> run(machine, new Driver(), false)),
        Scenario.named("synch-crit-section.fixed-one-processor")
            .about("the same on one processor, with an interrupt too many")
            .processors(1)
            .model(machine -> run(machine, new Driver(), true)));
  }

  private static class Driver {
    private final Shared<@Nullable Irp> request = new Shared<>("request", null);
    private final Shared<Boolean> transferred = new Shared<>("transferred", false);
    private KInterrupt interrupt =
        KInterrupt.named("device").irql(Irql.DIRQL_5).serviceRoutine((own, context) -> false, null).build();

    final void connect(DeviceObject device) {
      interrupt =
          KInterrupt.named("device").irql(Irql.DIRQL_5).serviceRoutine((own, context) -> service(device), null).build();
      device.io().connectInterrupt(interrupt);
      device.initializeDpcRequest((dpc, own, irp, context) -> dpcForIsr(own));
    }

    final void interrupts() {
      interrupt.assertInterrupt();
    }

    private boolean service(DeviceObject device) {
      if (request.get() == null) {
        return false;
      }
      transferred.set(true);
      device.requestDpc(null, null);
      return true;
    }

    final void startIo(DeviceObject device, Irp irp) {
      interrupt.synchronizeExecution(
          context -> {
            request.set(irp);
            transferred.set(false);
            return true;
          },
          null);
      device.deviceExtension(Machine.class).startHardware("transfer", this::interrupts);
    }

    private void dpcForIsr(DeviceObject device) {
      Irp irp = takeTransferred();
      if (irp != null) {
        device.startNextPacket(false);
        irp.setIoStatus(STATUS_SUCCESS, 1);
        irp.io().completeRequest(irp);
      }
    }

    @Nullable Irp takeTransferred() {
      AtomicReference<@Nullable Irp> taken = new AtomicReference<>();
      interrupt.synchronizeExecution(
          context -> {
            taken.set(take());
            return true;
          },
          null);
      return taken.get();
    }

    final @Nullable Irp take() {
      if (!transferred.get()) {
        return null;
      }
      Irp irp = request.get();
      request.set(null);
      transferred.set(false);
      return irp;
    }
  }

  private static final class ReadsAtDispatchLevel extends Driver {
    @Override
    @Nullable Irp takeTransferred() {
      return take();
    }
  }

  private static NtStatus read(DeviceObject device, Irp irp) {
    irp.markPending();
    device.startPacket(irp, null, null);
    return STATUS_PENDING;
  }

  private static void run(Machine machine, Driver driver, boolean oneTooMany) {
    IoManager io = IoManager.of(machine);
    DriverObject object =
        new DriverObject("driver")
            .setMajorFunction(IRP_MJ_READ, SynchCritSection::read)
            .setDriverStartIo(driver::startIo);
    DeviceObject device = io.createDevice(object, "device", machine);
    driver.connect(device);
    FileObject file = new FileObject("file", device);
    machine.startThread("Read", () -> io.request(file, IRP_MJ_READ));
    if (oneTooMany) {
      machine.startHardware("spurious", driver::interrupts);
    }
  }
}
