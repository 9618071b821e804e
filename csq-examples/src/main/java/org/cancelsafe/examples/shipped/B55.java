package org.cancelsafe.examples.shipped;

import static java.util.Objects.requireNonNull;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_IO_TIMEOUT;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.function.Supplier;
import org.cancelsafe.emu.ex.InterlockedPointer;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.examples.drivers.SlotDriver;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Model;

/** B-55. */
@AutoService(CatalogueEntry.class)
public final class B55 implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("B-55", Family.TEARDOWN, "One slot, one timer, two reads")
        .text(
            """
            The read goes into a slot that no lock guards, and a timer is set whose DPC completes what is in there, and
            does not clear it. A second read before the timer expires overwrites the first, which nobody completes.""")
        .shipped("The sample code of a textbook on Windows drivers, chapter 10, IRPTimeout_Test.")
        .mistake(Overwrites.class)
        .correction(Timed.class);
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("B-55.lost")
            .about("a textbook: the second read overwrites the first")
            .expectingRace("CancelledIrpNotCompleted")
            .model(twoReads(Overwrites::new)),
        Scenario.named("B-55.fixed")
            .about("a textbook: one lock, one read at a time, and the slot is cleared")
            .model(twoReads(Timed::new)));
  }

  private static class Timed extends SlotDriver {
    private final KTimer timer = new KTimer("Timer");

    @Override
    protected NtStatus read(DeviceObject device, Irp irp) {
      NtStatus status = super.read(device, irp);
      if (status.equals(STATUS_PENDING)) {
        setTimer(device);
      }
      return status;
    }

    final void setTimer(DeviceObject device) {
      timer.set(30_000_000, new KDpc("TimerDpc", (dpc, context, one, two) -> timerDpc(extensionOf(device)), null));
    }

    void timerDpc(Extension extension) {
      Irp irp = take(extension);
      if (irp != null) {
        complete(irp, STATUS_IO_TIMEOUT);
      }
    }
  }

  private static final class Overwrites extends Timed {
    private final InterlockedPointer<Irp> slot = new InterlockedPointer<>("unguarded slot", null);

    @Override
    protected NtStatus read(DeviceObject device, Irp irp) {
      irp.markPending();
      slot.write(irp);
      setTimer(device);
      return STATUS_PENDING;
    }

    @Override
    void timerDpc(Extension extension) {
      complete(requireNonNull(slot.read()), STATUS_IO_TIMEOUT);
    }
  }

  private static Model twoReads(Supplier<Timed> driver) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      FileObject file = new FileObject("file", driver.get().addDevice(io));
      machine.startThread(
          "Client",
          () -> {
            io.request(file, IRP_MJ_READ);
            io.request(file, IRP_MJ_READ);
          });
    };
  }
}
