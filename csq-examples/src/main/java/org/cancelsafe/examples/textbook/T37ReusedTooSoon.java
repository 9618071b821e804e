package org.cancelsafe.examples.textbook;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_WRITE;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.examples.drivers.Expect;
import org.cancelsafe.examples.drivers.OwnRequest;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Model;

/** T-37. */
@AutoService(CatalogueEntry.class)
public final class T37ReusedTooSoon implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-37", Family.COMPLETION, "IoReuseIrp, and what it forgets")
        .text(
            """
            IoReuseIrp makes an IRP as good as new: `Cancel` is FALSE again. An IRP that is still queued must not be
            reused. And a cancellation that comes while the IRP is back with its maker is forgotten: whoever wants to
            stop a series of requests has to say so where the next one will look.""")
        .mistake(T37ReusedTooSoon.class, "reusesAtOnce")
        .mistake(Series.class, "twoReads")
        .mistake(DoesNotLook.class, "sent")
        .correction(T37ReusedTooSoon.class, "waitsFirst")
        .correction(Series.class, "sent");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-37.queued")
            .about("reuses an IRP that the driver has not completed yet")
            .expectingRace("IoFreeIrp")
            .model(cancelAndReuse(T37ReusedTooSoon::reusesAtOnce)),
        Scenario.named("T-37.fixed-queued")
            .about("waits for the completion, then reuses")
            .model(cancelAndReuse(T37ReusedTooSoon::waitsFirst)),
        Scenario.named("T-37.forgets")
            .about("is told to stop between two requests, and sends the second")
            .expectingRace("AssertionFailed")
            .model(stopTheSeries(DoesNotLook::new)),
        Scenario.named("T-37.fixed-forgets")
            .about("looks whether it is to stop after sending")
            .model(stopTheSeries(Series::new)));
  }

  private static void reusesAtOnce(OwnRequest read) {
    read.send();
    read.cancel();
    read.irp().reuse(STATUS_SUCCESS);
  }

  private static void waitsFirst(OwnRequest read) {
    read.send();
    read.cancel();
    read.await();
    read.irp().reuse(STATUS_SUCCESS);
  }

  private static Model cancelAndReuse(Consumer<OwnRequest> client) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      OwnRequest read = new OwnRequest(io, new CancelsLater().addDevice(io));
      machine.startThread("Client", () -> client.accept(read));
    };
  }

  private static class Series {
    final InterlockedLong stopping = new InterlockedLong("stopping", 0);

    final void twoReads(OwnRequest read) {
      read.await();
      read.irp().reuse(STATUS_SUCCESS);
      read.send();
      sent(read);
      read.await();
    }

    void sent(OwnRequest read) {
      if (stopping.read() != 0) {
        read.cancel();
      }
    }

    final void stop(OwnRequest read) {
      stopping.write(1);
      read.cancel();
    }
  }

  private static final class DoesNotLook extends Series {
    @Override
    void sent(OwnRequest read) {}
  }

  private static Model stopTheSeries(Supplier<Series> made) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      Series series = made.get();
      DeviceObject device = new PendingReadDriver().addDevice(io);
      OwnRequest read = new OwnRequest(io, device);
      Shared<Boolean> ended = new Shared<>("ended", false);
      read.send();
      machine.startThread("Write", () -> io.request(new FileObject("file", device), IRP_MJ_WRITE));
      machine.startThread(
          "Series",
          () -> {
            series.twoReads(read);
            ended.set(true);
          });
      machine.startThread("Stop", () -> series.stop(read));
      machine.afterwards(() -> Expect.that(ended.get(), "the series was stopped, and its second request waits"));
    };
  }
}
