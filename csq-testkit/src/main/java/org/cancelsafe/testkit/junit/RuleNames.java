package org.cancelsafe.testkit.junit;

import java.util.Set;
import java.util.stream.Stream;
import org.cancelsafe.emu.verifier.Rule;

/** The names that a finding may have. */
final class RuleNames {
  private static final Set<String> OF_THE_HUNTER =
      Set.of("AssertionFailed", "DataRace", "NoProgress", "UnhandledException");

  private RuleNames() {}

  /** Whether a race may break a rule of this name; any may break none in particular. */
  static boolean isKnown(String name) {
    return name.isEmpty()
        || OF_THE_HUNTER.contains(name)
        || Stream.of(Rule.values()).anyMatch(rule -> rule.ruleName().equals(name));
  }
}
