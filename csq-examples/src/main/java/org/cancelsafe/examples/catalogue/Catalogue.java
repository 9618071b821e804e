package org.cancelsafe.examples.catalogue;

import com.google.common.collect.ImmutableList;
import java.util.List;
import org.cancelsafe.examples.readme.Readme;
import org.cancelsafe.examples.samples.PollingDriverScenarios;
import org.cancelsafe.examples.samples.ReadyMadeQueues;
import org.cancelsafe.examples.samples.StartIoDriverScenarios;
import org.cancelsafe.examples.shipped.Shipped;
import org.cancelsafe.examples.systems.HottestLock;
import org.cancelsafe.examples.textbook.Textbook;
import org.cancelsafe.hunter.scenario.Scenario;

/** Every scenario of this project, in the order in which they are listed. */
public final class Catalogue {
  private static final ImmutableList<Scenario> ALL =
      ImmutableList.<Scenario>builder()
          .addAll(Readme.scenarios())
          .addAll(Textbook.scenarios())
          .addAll(Shipped.scenarios())
          .addAll(ReadyMadeQueues.scenarios())
          .addAll(PollingDriverScenarios.scenarios())
          .addAll(StartIoDriverScenarios.scenarios())
          .addAll(HottestLock.scenarios())
          .build();

  private Catalogue() {}

  /** All of them. */
  public static List<Scenario> all() {
    return ALL;
  }
}
