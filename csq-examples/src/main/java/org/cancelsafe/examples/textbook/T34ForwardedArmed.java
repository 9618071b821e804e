package org.cancelsafe.examples.textbook;

import static java.util.Objects.requireNonNull;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_WRITE;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.function.Supplier;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Model;
import org.jspecify.annotations.Nullable;

/** T-34. */
@AutoService(CatalogueEntry.class)
public final class T34ForwardedArmed implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-34", Family.COMPLETION, "Passed down with the cancel routine set")
        .text(
            """
            A driver takes an IRP out of its queue and passes it down, its own cancel routine still set. The lower
            driver sets its own over it; or does not, and a cancellation calls a routine that looks for the IRP in a
            queue where it is not.""")
        .mistake(Broken.class, "claimNext")
        .correction(PendingReadDriver.class, "claimNext")
        .correction(Filter.class, "serve");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-34.broken")
            .about("takes the IRP without its cancel routine, and passes it down")
            .expectingRace("ForwardWithCancelRoutine")
            .model(passDown(Broken::new)),
        Scenario.named("T-34.fixed")
            .about("takes the cancel routine, then passes the IRP down")
            .model(passDown(Filter::new)));
  }

  private static class Filter extends PendingReadDriver {
    @Nullable DeviceObject lower;

    @Override
    protected void serve(DeviceObject device, Irp read) {
      read.skipCurrentStackLocation();
      read.io().callDriver(requireNonNull(lower), read);
    }
  }

  private static final class Broken extends Filter {
    @Override
    protected @Nullable Irp claimNext(Extension extension) {
      return extension.queue.isEmpty() ? null : Irp.fromListEntry(extension.queue.removeHead());
    }
  }

  private static NtStatus completes(DeviceObject device, Irp irp) {
    irp.setIoStatus(STATUS_SUCCESS, 1);
    irp.io().completeRequest(irp);
    return STATUS_SUCCESS;
  }

  private static Model passDown(Supplier<Filter> loaded) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      Filter driver = loaded.get();
      DriverObject port = new DriverObject("port").setMajorFunction(IRP_MJ_READ, T34ForwardedArmed::completes);
      driver.lower = io.createDevice(port, "port", null);
      DeviceObject device = driver.addDevice(io);
      FileObject file = new FileObject("file", device);
      Irp read = io.request(file, IRP_MJ_READ);
      machine.startThread("Cancel", () -> io.cancelIrp(read));
      machine.startThread("Write", () -> io.request(file, IRP_MJ_WRITE));
    };
  }
}
