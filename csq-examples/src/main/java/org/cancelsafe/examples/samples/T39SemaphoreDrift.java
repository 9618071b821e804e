package org.cancelsafe.examples.samples;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.examples.drivers.Expect;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Model;

/** T-39. */
@AutoService(CatalogueEntry.class)
public final class T39SemaphoreDrift implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-39", Family.WAKE_UPS, "The semaphore counts what is not there")
        .text(
            """
            A semaphore counts what goes into the queue, and a thread waits for it. A cancellation takes an IRP out and
            does not take from the semaphore: the thread must put up with finding nothing. And the count may exceed the
            length of the queue, so a limit that suits the queue is too small for the semaphore, whose release then
            throws.""")
        .mistake(PollingDriver.class, "read")
        .correction(PollingDriver.class, "serve");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-39.limit")
            .about("the semaphore has the limit of the queue")
            .expectingRace("UnhandledException")
            .model(readAfterCancel(true)),
        Scenario.named("T-39.fixed")
            .about("the limit is far away")
            .model(readAfterCancel(false)));
  }

  private static Model readAfterCancel(boolean limited) {
    return machine -> {
      PollingDriver driver = limited ? new PollingDriver(machine, 1) : new PollingDriver(machine);
      Irp cancelled = driver.newRead(driver.open("file"));
      driver.send(cancelled);
      driver.io.cancelIrp(cancelled);
      driver.startThread();
      Irp irp = driver.newRead(driver.open("other"));
      machine.startThread("Read", () -> driver.send(irp));
      machine.afterwards(() -> Expect.completed(irp));
    };
  }
}
