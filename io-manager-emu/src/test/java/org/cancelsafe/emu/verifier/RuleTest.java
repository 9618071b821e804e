package org.cancelsafe.emu.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RuleTest {
  @ParameterizedTest
  @EnumSource
  void aViolationStopsTheMachineAndSaysItInOneLine(Rule rule) {
    List<BugCheck> stopped = new ArrayList<>();
    BugCheck bugCheck = rule.violated(stopped::add, "what happened", 0x1F, "L");
    assertSame(bugCheck, stopped.get(0));
    assertSame(rule, bugCheck.rule());
    assertFalse(rule.ruleName().isBlank());
    String start = String.format("*** STOP 0x%X %s (", rule.code().code(), rule.code().name());
    assertEquals(0, bugCheck.getMessage().indexOf(start), bugCheck.getMessage());
    String end = "0x1F, L) " + rule.ruleName() + ": what happened";
    assertEquals(bugCheck.getMessage().length() - end.length(), bugCheck.getMessage().indexOf(end));
  }

  @Test
  void noTwoRulesShareABugCheckAndSubcode() {
    Set<String> seen = new HashSet<>();
    List<Rule> shared = new ArrayList<>();
    for (Rule rule : Rule.values()) {
      BugCheck bugCheck = rule.violated(machine -> {}, "");
      if (isWithoutASubcodeOfDriverVerifiers(bugCheck)) {
        continue;
      }
      if (!seen.add(bugCheck.code() + " " + bugCheck.parameters())) {
        shared.add(rule);
      }
    }
    assertEquals(List.of(), shared);
  }

  /** Static Driver Verifier has rules that Driver Verifier has no number for. */
  private static boolean isWithoutASubcodeOfDriverVerifiers(BugCheck bugCheck) {
    return bugCheck.code().name().startsWith("DRIVER_VERIFIER") && bugCheck.parameters().isEmpty();
  }
}
