package org.cancelsafe.examples.samples;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** S-16. */
@AutoService(CatalogueEntry.class)
public final class S16Npfs implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("S-16", Family.DESIGNS, "Who cuts the link, under the lock")
        .text(
            """
            The IRP leads to its entry in a queue. Whoever takes the entry out and loses the exchange cuts that link,
            under the lock, and leaves the IRP alone. The cancel routine looks at the link under the same lock: there,
            it unlinks the entry; cut, it does not; and it completes the IRP in any case. One queue is guarded by a
            resource, which the cancel routine may wait for because nobody cancels at DISPATCH_LEVEL; the other by a
            spin lock, with a timer for each entry. It looks as if the cancel routine could come too late, and it
            cannot (N-2).""")
        .shipped("ReactOS, `drivers/filesystems/npfs` at 2e91c4a8.")
        .correction(NpfsPipe.class, "cancelWait")
        .correction(NpfsPipe.class, "unlink")
        .correction(NpfsPipe.class, "take");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("S-16.data")
            .about("a read is cancelled while somebody writes")
            .model(NpfsPipe::readCancelWrite),
        Scenario.named("S-16.wait")
            .about("a wait is cancelled while its timer expires")
            .model(NpfsPipe::waitCancelTimeOut));
  }
}
