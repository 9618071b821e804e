package org.cancelsafe.examples.shipped;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The published model fails at the published cost. */
class ShippedTest {
  @ParameterizedTest
  @CsvSource({"B-50.v1, 2", "B-50.v2-1a2s, 3", "B-50.v2-2a1s, 4", "B-50.v3-1a2s, 3"})
  void bluetooth_fails_at_the_published_number_of_context_switches(String name, int published) {
    List<String> findings = ContextSwitches.findingsWithin(published, scenario(name));
    assertEquals("AssertionFailed", findings.get(published));
    assertTrue(findings.subList(0, published).stream().allMatch(String::isEmpty), findings::toString);
  }

  private static Scenario scenario(String name) {
    return new B50().scenarios().stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
  }
}
