package org.cancelsafe.examples.samples;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** S-4. */
@AutoService(CatalogueEntry.class)
public final class S04CancelSafe implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("S-4", Family.DESIGNS, "A worker that exists only while there is work")
        .text(
            """
            A cancel-safe queue under a mutex, which may wait, so whoever cancels does it below DISPATCH_LEVEL. Who
            inserts into an empty queue counts a flag up, and starts a worker if that made it one. The worker drains
            the queue with the flag at one, and counts it down: at zero it ends, otherwise somebody has inserted
            meanwhile and relied on it, and it goes round again. Its mistakes are T-40.""")
        .shipped("Windows driver samples, `filesys/miniFilter/cancelSafe`.")
        .correction(CancelSafeFilter.class, "insertIrpEx")
        .correction(CancelSafeFilter.class, "work")
        .correction(CancelSafeFilter.class, "mayEnd");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("S-4.reads")
            .about("two reads, and the worker that ends between them, or does not")
            .model(CancelSafeFilter.readTwice(CancelSafeFilter::new)),
        Scenario.named("S-4.cancel")
            .about("a read is cancelled while the worker is on its way")
            .model(CancelSafeFilter.readAndCancel(CancelSafeFilter::new)),
        Scenario.named("S-4.teardown")
            .about("a read comes while the instance is torn down")
            .model(CancelSafeFilter.readAndTearDown(CancelSafeFilter::new)));
  }
}
