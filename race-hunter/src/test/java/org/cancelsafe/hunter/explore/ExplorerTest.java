package org.cancelsafe.hunter.explore;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.cancelsafe.models.Classics;
import org.junit.jupiter.api.Test;

class ExplorerTest {
  /** Parts of one tree are pruned for the same reasons, whoever goes through them. */
  @Test
  void aSiblingKnowsWhatWasLearnt() {
    Explorer explorer = new Explorer(Classics.of("writers", 2));
    assertTrue(explorer.sibling().letProcessorsMatter());
    assertTrue(explorer.learns(true, true));
    assertFalse(explorer.learns(true, true));
    Explorer sibling = explorer.sibling();
    assertFalse(sibling.letProcessorsMatter());
    assertFalse(sibling.letWaitsForSeveralMatter());
  }
}
