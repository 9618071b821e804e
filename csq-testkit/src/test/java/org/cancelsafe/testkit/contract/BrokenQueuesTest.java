package org.cancelsafe.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.testkit.ContractViolation;
import org.cancelsafe.testkit.CsqContract;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/** The contract catches each of these, and names the clause that it breaks. */
class BrokenQueuesTest {
  private static final List<String> TESTS =
      Stream.of(CsqContract.class.getDeclaredMethods())
          .filter(method -> AnnotationSupport.isAnnotated(method, Testable.class))
          .sorted(Comparator.comparing(BrokenQueuesTest::cost).thenComparing(Method::getName))
          .map(Method::getName)
          .toList();

  private static int cost(Method test) {
    return List.of("isAsNewAfterUse", "isAsNewAfterUseAtOnce", "everySchedule", "survivesTheHammer")
        .indexOf(test.getName());
  }

  @TestFactory
  Stream<DynamicTest> isCaught() {
    return Stream.of(
            BrokenPeeks.all(),
            BrokenStructures.all(),
            BrokenLocks.all(),
            BrokenLockKinds.all(),
            BrokenCompletions.all(),
            BrokenBySize.all(),
            BrokenByFile.all(),
            BrokenByState.all(),
            BrokenSubtly.all())
        .flatMap(List::stream)
        .map(broken -> DynamicTest.dynamicTest(broken.name(), () -> assertCaught(broken)));
  }

  /** The suite's tests one after the other, until one catches it; what other tests fail for on the way is no matter. */
  private static void assertCaught(Broken broken) {
    List<Throwable> all = new ArrayList<>();
    for (String test : TESTS) {
      List<Throwable> failures = ContractRun.failures(broken.terms(), test);
      if (failures.stream().anyMatch(failure -> isNamedIn(failure, broken))) {
        return;
      }
      all.addAll(failures);
    }
    fail(broken + " is expected to break one of " + broken.clauses() + ": " + all);
  }

  /** Each test alone would wait as long. */
  @Test
  @Timeout(120)
  void whatHangsIsWaitedForOnce() {
    AtomicBoolean over = new AtomicBoolean();
    List<Throwable> failures =
        ContractRun.failures(
            new ContractRun.Terms(
                () ->
                    new Queues.InList(new ArrayList<>()) {
                      @Override
                      public void removeIrp(IoCsq csq, Irp irp) {
                        while (!over.get()) {
                          LockSupport.parkNanos(1_000_000);
                        }
                      }
                    }));
    over.set(true);
    assertEquals(1, failures.size(), failures::toString);
    assertTrue(failures.get(0).getMessage().contains("clause PROGRESS"), failures::toString);
    assertTrue(failures.get(0).getMessage().contains("BrokenQueuesTest$1.removeIrp("), failures::toString);
  }

  private static boolean isNamedIn(Throwable failure, Broken broken) {
    return failure instanceof ContractViolation it
        && broken.clauses().contains(it.clause())
        && String.valueOf(it.getMessage()).contains("clause " + it.clause() + ": " + it.clause().text());
  }
}
