package org.cancelsafe.emu.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Where an activity is delayed that is alone on its machine. */
class NoiseTest {
  private static final int PLACES = 200;
  private static final int ROUNDS = 60;

  private final Machine machine = Machine.live().build();
  private final Activity alone = machine.newActivity(ActivityKind.THREAD, "Alone", () -> {});
  private final Cell cell = new Shared<>("cell", 0);

  /** The places at which it has looked whether anybody else can go on, as often as it has. */
  private List<Integer> delays(long seed, Consumer<Noise> place) {
    List<Integer> delays = new ArrayList<>();
    int[] number = {0};
    Noise noise =
        new Noise(
            seed,
            machine,
            () -> {
              delays.add(number[0]);
              return 1;
            },
            activity -> false);
    for (; number[0] < PLACES; number[0]++) {
      place.accept(noise);
    }
    return delays;
  }

  private List<Integer> atSteps(long seed) {
    return delays(seed, noise -> noise.at(alone));
  }

  private List<Integer> atAccesses(long seed) {
    return delays(seed, noise -> noise.access(alone, cell, true));
  }

  @Test
  void nobodyIsWaitedForWhoCannotGoOn() {
    for (long seed = 0; seed < ROUNDS; seed++) {
      List<Integer> delays = atSteps(seed);
      assertFalse(delays.isEmpty(), "no delay at all in round " + seed);
      assertEquals(new HashSet<>(delays).size(), delays.size(), "one of them waits, in round " + seed);
    }
  }

  @Test
  void theSeedDecidesWhere() {
    assertEquals(atSteps(1), atSteps(1));
    assertNotEquals(atSteps(1), atSteps(2));
  }

  @Test
  void accessesAreDelayedInHalfOfTheRounds() {
    long delayed = LongStream.range(0, ROUNDS).filter(seed -> !atAccesses(seed).isEmpty()).count();
    assertEquals(ROUNDS / 2.0, delayed, ROUNDS / 4.0);
  }

  @Test
  void noTwoActivitiesAreDelayedAtTheSamePlaces() {
    Activity other = machine.newActivity(ActivityKind.THREAD, "Other", () -> {});
    assertNotEquals(atSteps(1), delays(1, noise -> noise.at(other)));
  }

  @Test
  void everyPatternHasItsTurn() {
    Set<NoisePattern> drawn = new HashSet<>();
    for (long seed = 0; seed < ROUNDS; seed++) {
      drawn.add(NoisePattern.drawn(new NoiseDraws(seed, 0)));
    }
    assertEquals(Set.of(NoisePattern.values()), drawn);
  }

  @Test
  void aChangePointIsAnywhereAndSoonerRatherThanLater() {
    int[] first = new int[PLACES];
    for (long seed = 0; seed < 10_000; seed++) {
      NoiseDraws draws = new NoiseDraws(seed, 1);
      int place = 0;
      while (!NoisePattern.CHANGE_POINTS.isToWait(draws)) {
        place++;
      }
      first[place]++;
    }
    for (int place = 0; place < 32; place++) {
      assertNotEquals(0, first[place], "never at place " + place);
    }
    assertTrue(first[0] > first[8] && first[8] > first[31], () -> Arrays.toString(first));
  }

  @Test
  void anAccessThatComesDuringADelayedOneIsCaught() {
    Activity other = machine.newActivity(ActivityKind.THREAD, "Other", () -> {});
    Noise[] noise = {null};
    assertThrows(
        DataRace.class,
        () -> {
          for (long seed = 0; seed < ROUNDS; seed++) {
            noise[0] =
                new Noise(
                    seed,
                    machine,
                    () -> {
                      noise[0].access(other, cell, false);
                      return 1;
                    },
                    activity -> false);
            for (int i = 0; i < PLACES; i++) {
              noise[0].access(alone, cell, true);
            }
          }
        });
  }
}
