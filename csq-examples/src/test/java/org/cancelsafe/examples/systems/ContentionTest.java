package org.cancelsafe.examples.systems;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.cancelsafe.examples.systems.Contention.Result;
import org.junit.jupiter.api.Test;

class ContentionTest {
  @Test
  void theSystemsLockIsWaitedForByThoseWhoHaveNothingToDoWithEachOther() {
    List<Result> results = new Contention(2, Duration.ofMillis(300)).measure();
    assertEquals(
        List.of("cancel-spin-lock", "cancel-safe-queue"), results.stream().map(Result::design).toList());
    Result shared = results.get(0);
    Result own = results.get(1);
    assertTrue(shared.perSecond() > 0 && own.perSecond() > 0, results::toString);
    assertTrue(shared.cancelLockWaits() > 0, results::toString);
    assertEquals(0, own.queueLockWaits(), "each thread has a queue of its own");
  }

  @Test
  void itTakesAThreadAndSomeTime() {
    assertThrows(IllegalArgumentException.class, () -> new Contention(0, Duration.ofSeconds(1)));
    assertThrows(IllegalArgumentException.class, () -> new Contention(1, Duration.ZERO));
  }
}
