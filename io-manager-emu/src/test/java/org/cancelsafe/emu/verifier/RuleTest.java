package org.cancelsafe.emu.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
    String subcode = rule.code().isVerifiers() ? "/" + bugCheck.stopCode().replaceAll(".*\\((0x[0-9A-F]+).*", "$1") : "";
    assertEquals(
        String.format(
            "%s (0x%X%s): what happened [%s]", rule.code().name(), rule.code().code(), subcode, rule.ruleName()),
        bugCheck.getMessage());
    String start = String.format("0x%X %s (", rule.code().code(), rule.code().name());
    assertTrue(bugCheck.stopCode().startsWith(start), bugCheck.stopCode());
    assertTrue(bugCheck.stopCode().endsWith("0x1F, L)"), bugCheck.stopCode());
  }

  /** A hang and an order of locks that can hang, a lock of lists and one that is queued, differ in their rules only. */
  @Test
  void noTwoRulesShareABugCheckAndSubcodeButThoseOfDeadlockDetection() {
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
    assertEquals(Set.of(Rule.INTERLOCKED_LIST_LOCK, Rule.LOCK_ORDER), Set.copyOf(shared));
  }

  /** Static Driver Verifier has rules that Driver Verifier has no number for. */
  private static boolean isWithoutASubcodeOfDriverVerifiers(BugCheck bugCheck) {
    return bugCheck.code().name().startsWith("DRIVER_VERIFIER") && bugCheck.parameters().isEmpty();
  }
}
