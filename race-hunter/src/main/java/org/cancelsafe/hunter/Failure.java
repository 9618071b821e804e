package org.cancelsafe.hunter;

import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.hunter.explore.DataRace;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.trace.SourceSites;
import org.jspecify.annotations.Nullable;

/**
 * What makes two findings the same mistake: the rule, the object, and the line of the model. A smaller counterexample
 * of another mistake explains nothing.
 */
record Failure(String rule, String object, @Nullable String site) {
  static Failure of(Finding finding) {
    Throwable cause = finding.cause();
    // a data race has two lines, and which of them is thrown from depends on the order
    return new Failure(finding.rule(), object(cause), cause instanceof DataRace ? null : SourceSites.of(cause));
  }

  private static String object(Throwable cause) {
    if (cause instanceof DataRace race) {
      return race.cell().toString();
    }
    if (cause instanceof BugCheck bugCheck) {
      for (Object parameter : bugCheck.parameters()) {
        if (parameter instanceof MachineObject object) {
          return object.toString();
        }
      }
    }
    return "";
  }
}
