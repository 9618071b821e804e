package org.cancelsafe.hunter.explore;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.cancelsafe.hunter.strategy.Strategy;
import org.jspecify.annotations.Nullable;

/**
 * What the last run did, to hold the next one against: a search begins each run with steps of the one before, and draws
 * conclusions from those. They must be the same steps on the same objects, and the same others possible.
 *
 * <p>What an activity comes to after the same steps is compared as soon as it comes there, because then it is known
 * where in the model that is.
 */
final class Repetition {
  private final StepsMade steps = new StepsMade();
  private final StepsMade arrivals = new StepsMade();
  private @Nullable Strategy strategy;
  private boolean again;
  private int repeated;
  private long[] enabled = new long[64];
  private int arrived;
  private int arrivedBefore;

  /** A run begins. */
  void begin(Strategy strategy) {
    again = strategy == this.strategy;
    repeated = again ? strategy.repeated() : 0;
    this.strategy = strategy;
    arrivedBefore = arrived;
    arrived = 0;
  }

  /**
   * The running activity has come to its next step, or to its end.
   *
   * @param number how many steps were taken so far
   * @return what is not as it was before, or null
   */
  @Nullable Nondeterminism arrival(int number, Task task, Tasks all) {
    int arrival = arrived++;
    if (!again || number > repeated || arrival >= arrivedBefore) {
      arrivals.set(arrival, task);
      return null;
    }
    if (arrivals.is(arrival, task)) {
      return null;
    }
    int other = arrivals.task(arrival);
    return new Nondeterminism(
        all.nameOf(other) + " came to " + arrivals.text(arrival) + after(number) + ", and "
            + (other == task.index ? "" : all.nameOf(task.index) + " ") + "comes to " + StepsMade.text(task)
            + " when it is run again" + at(SourceSites.current()));
  }

  /**
   * The next step.
   *
   * @return what is not as it was before, or null
   */
  @Nullable Nondeterminism step(int number, Task task, long couldGoOn, Tasks all) {
    if (number < repeated && !steps.is(number, task)) {
      return differs(number, "is now " + StepsMade.text(task) + " by " + all.nameOf(task.index));
    }
    if (again && number <= repeated && enabled[number] != couldGoOn) {
      return differs(number, changed(enabled[number], couldGoOn, all));
    }
    if (number < repeated) {
      return null;
    }
    if (number == enabled.length) {
      enabled = Arrays.copyOf(enabled, number * 2);
    }
    steps.set(number, task);
    enabled[number] = couldGoOn;
    return (couldGoOn & (1L << task.index)) != 0
        ? null
        : new Nondeterminism(
            "step " + (number + 1) + " was possible for " + all.nameOf(task.index) + " before, and is not now");
  }

  private static String changed(long before, long now, Tasks all) {
    long more = now & ~before;
    return more != 0
        ? names(more, all) + " could take one now besides"
        : names(before & ~now, all) + " could have taken one then";
  }

  private static String names(long activities, Tasks all) {
    String names =
        all.all().stream()
            .filter(task -> (activities & 1L << task.index) != 0)
            .map(task -> all.nameOf(task.index))
            .collect(Collectors.joining(" and "));
    return names.isEmpty() ? "somebody who is not there now" : names;
  }

  /** A run has ended after so many steps. */
  @Nullable Nondeterminism end(int length, @Nullable Throwable failure) {
    if (!again || length > repeated || failure instanceof Nondeterminism) {
      return null;
    }
    String why = failure == null ? "" : ", with " + failure.getMessage() + at(SourceSites.of(failure));
    String now = "the run ended before" + why;
    return length < repeated
        ? differs(length, "does not come now: " + now)
        : new Nondeterminism("step " + (length + 1) + " came before, and does not now: " + now);
  }

  private static String after(int steps) {
    return steps == 0 ? " first of all" : steps == 1 ? " after the first step" : " after " + steps + " steps";
  }

  private static String at(@Nullable String site) {
    return site == null ? "" : ", at " + site;
  }

  private Nondeterminism differs(int number, String now) {
    return new Nondeterminism("step " + (number + 1) + " of a schedule was " + steps.text(number) + ", and " + now);
  }
}
