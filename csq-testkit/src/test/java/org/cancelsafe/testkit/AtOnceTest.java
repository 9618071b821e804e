package org.cancelsafe.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** Threads that ran one after the other have shown nothing, and that is said. */
class AtOnceTest {
  private static final int TIMES = 10_000;

  @Test
  void oneAfterTheOtherIsNotAtOnce() {
    AtomicInteger attempts = new AtomicInteger();
    TestAbortedException aborted =
        assertThrows(
            TestAbortedException.class,
            () -> AtOnce.attempt(
                1,
                both -> {
                  attempts.incrementAndGet();
                  both.run(0, TIMES, round -> {});
                  both.run(1, TIMES, round -> {});
                }));
    assertTrue(String.valueOf(aborted.getMessage()).startsWith("not all was seen"), aborted::getMessage);
    assertEquals(AtOnce.MOST_MISSED, attempts.get());
  }

  @Test
  void byTurnsIsAtOnce() {
    AtomicInteger attempts = new AtomicInteger();
    AtOnce.attempt(
        3,
        both -> {
          attempts.incrementAndGet();
          both.run(0, TIMES, round -> both.run(1, 1, other -> {}));
        });
    assertEquals(3, attempts.get());
  }
}
