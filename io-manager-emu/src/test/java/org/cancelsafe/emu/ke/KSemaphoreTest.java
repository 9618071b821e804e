package org.cancelsafe.emu.ke;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class KSemaphoreTest {
  @Test
  void countsUpToItsLimitAndDown() {
    onMachine(
        machine -> {
          KSemaphore semaphore = new KSemaphore("S", 1, 3);
          assertEquals(1, semaphore.release(2));
          assertEquals("3", semaphore.snapshot());
          for (int i = 0; i < 3; i++) {
            assertTrue(semaphore.waitForSingleObject(0));
          }
          assertFalse(semaphore.waitForSingleObject(0));
        });
  }

  @Test
  void aReleaseBeyondTheLimitChangesNothing() {
    onMachine(
        machine -> {
          KSemaphore semaphore = new KSemaphore("S", 2, 3);
          for (int adjustment : new int[] {2, Integer.MAX_VALUE}) {
            IllegalStateException refused =
                assertThrows(IllegalStateException.class, () -> semaphore.release(adjustment));
            assertEquals("STATUS_SEMAPHORE_LIMIT_EXCEEDED: S stands at 2 of 3", refused.getMessage());
          }
          assertEquals(2, semaphore.release(1));
        });
  }

  @Test
  void whatMakesNoSemaphoreIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new KSemaphore("S", -1, 1));
    assertThrows(IllegalArgumentException.class, () -> new KSemaphore("S", 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new KSemaphore("S", 2, 1));
    onMachine(machine -> assertThrows(IllegalArgumentException.class, () -> new KSemaphore("S", 0, 1).release(0)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void handsOverFromProducersToConsumers(int processors) {
    int each = 2_000;
    int pairs = 3;
    AtomicInteger taken = new AtomicInteger();
    onProcessors(
        processors,
        machine -> {
          KSemaphore full = new KSemaphore("full", 0, pairs * each);
          for (int i = 0; i < pairs; i++) {
            machine.startThread("producer" + i, () -> repeat(each, () -> full.release(1)));
            machine.startThread(
                "consumer" + i,
                () ->
                    repeat(
                        each,
                        () -> {
                          full.waitForSingleObject();
                          taken.incrementAndGet();
                        }));
          }
        });
    assertEquals(pairs * each, taken.get());
  }

  private static void repeat(int times, Runnable body) {
    for (int i = 0; i < times; i++) {
      body.run();
    }
  }

  @Test
  void letsAsManyInAsItCounts() {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    onProcessors(
        4,
        machine -> {
          KSemaphore slots = new KSemaphore("slots", 2, 2);
          for (int i = 0; i < 4; i++) {
            machine.startThread(
                "T" + i,
                () ->
                    repeat(
                        500,
                        () -> {
                          slots.waitForSingleObject();
                          most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                          inside.decrementAndGet();
                          slots.release(1);
                        }));
          }
        });
    assertTrue(most.get() <= 2);
  }
}
