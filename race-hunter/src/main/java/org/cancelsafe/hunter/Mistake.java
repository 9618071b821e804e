package org.cancelsafe.hunter;

import java.util.Objects;
import org.cancelsafe.emu.machine.DataRace;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.explore.SourceSites;
import org.jspecify.annotations.Nullable;

/**
 * What makes two findings the same mistake: the rule, the object, and the line of the model. A smaller counterexample
 * of another mistake explains nothing.
 */
record Mistake(Finding finding, @Nullable String site) {
  static Mistake of(Finding finding) {
    return new Mistake(finding, site(finding));
  }

  /** A data race has two lines, and which of them is thrown from depends on the order. */
  private static @Nullable String site(Finding finding) {
    return finding.cause() instanceof DataRace ? null : SourceSites.of(finding.cause());
  }

  boolean isMadeIn(RunResult result) {
    Finding other = result.finding();
    return other != null
        && finding.isSameAs(other)
        && finding.isPossibility() == other.isPossibility()
        && Objects.equals(site, site(other));
  }
}
