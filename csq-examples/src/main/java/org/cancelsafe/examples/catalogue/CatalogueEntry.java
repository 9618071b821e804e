package org.cancelsafe.examples.catalogue;

import java.util.List;
import org.cancelsafe.hunter.scenario.Scenario;

/**
 * One entry of the catalogue: a mistake with its correction, or a design that holds. Whatever is annotated with {@code
 * @AutoService(CatalogueEntry.class)} is in the catalogue, in {@code csq hunt}, and on the page of lost races.
 */
public interface CatalogueEntry {
  /** What the page of lost races tells of it. */
  Story story();

  /** What is hunted in. Their names begin with the entry's. */
  List<Scenario> scenarios();
}
