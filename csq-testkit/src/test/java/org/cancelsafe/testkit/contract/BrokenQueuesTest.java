package org.cancelsafe.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.cancelsafe.testkit.ContractViolation;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The contract catches each of these, and names the clause that it breaks. */
class BrokenQueuesTest {
  @TestFactory
  Stream<DynamicTest> isCaught() {
    return Stream.of(BrokenPeeks.all(), BrokenStructures.all(), BrokenLocks.all(), BrokenCompletions.all())
        .flatMap(List::stream)
        .map(broken -> DynamicTest.dynamicTest(broken.name(), () -> assertCaught(broken)));
  }

  private static void assertCaught(Broken broken) {
    List<Throwable> failures = ContractRun.failures(broken.terms());
    assertTrue(
        failures.stream()
            .anyMatch(failure -> failure instanceof ContractViolation it && broken.clauses().contains(it.clause())),
        () -> broken + " is expected to break one of " + broken.clauses() + ": " + failures);
  }
}
