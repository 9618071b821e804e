package org.cancelsafe.hunter.explore;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.Objects;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.hunter.strategy.Footprint;
import org.cancelsafe.hunter.strategy.Strategy;
import org.jspecify.annotations.Nullable;

/**
 * What the last run did, to hold the next one against: a search begins each run with steps of the one before, and draws
 * conclusions from those. They must be the same steps on the same objects, and the same others possible.
 */
final class Repetition {
  private @Nullable Strategy strategy;
  private boolean again;
  private int repeated;
  private int[] tasks = new int[64];
  private long[] enabled = new long[64];
  private int[] objects = new int[64];
  private StepKind[] kinds = new StepKind[64];
  private @Nullable String[] names = new String[64];

  /** A run begins. */
  void begin(Strategy strategy) {
    again = strategy == this.strategy;
    repeated = again ? strategy.repeated() : 0;
    this.strategy = strategy;
  }

  /**
   * The next step.
   *
   * @return what is not as it was before, or null
   */
  @Nullable Nondeterminism step(int number, Task task, long couldGoOn) {
    StepKind kind = requireNonNull(task.kind);
    String name = requireNonNull(task.target).name();
    int object = Footprint.object(task.footprint);
    if (number < repeated) {
      boolean same = tasks[number] == task.index && kinds[number] == kind && objects[number] == object
          && Objects.equals(names[number], name);
      if (!same) {
        return differs(number, "is now " + text(kind, name) + " by " + task.activity.name());
      }
    }
    if (again && number <= repeated && enabled[number] != couldGoOn) {
      return differs(number, "there are others now who could take one");
    }
    if (number < repeated) {
      return null;
    }
    if (number == tasks.length) {
      grow();
    }
    tasks[number] = task.index;
    enabled[number] = couldGoOn;
    objects[number] = object;
    kinds[number] = kind;
    names[number] = name;
    return (couldGoOn & (1L << task.index)) != 0
        ? null
        : new Nondeterminism(
            "step " + (number + 1) + " was possible for " + task.activity.name() + " before, and is not now");
  }

  /** A run has ended after so many steps. */
  @Nullable Nondeterminism end(int steps, @Nullable Throwable failure) {
    if (!again || steps > repeated || failure instanceof Nondeterminism) {
      return null;
    }
    String now = failure == null ? "the run ended before" : "the run ended before, with " + failure.getMessage();
    return steps < repeated
        ? differs(steps, "does not come now: " + now)
        : new Nondeterminism("step " + (steps + 1) + " came before, and does not now: " + now);
  }

  private Nondeterminism differs(int number, String now) {
    return new Nondeterminism(
        "step " + (number + 1) + " of a schedule was " + text(kinds[number], names[number]) + ", and " + now);
  }

  private static String text(StepKind kind, @Nullable String name) {
    return kind.describe(name == null ? "an object without a name" : name, "...");
  }

  private void grow() {
    int size = tasks.length * 2;
    tasks = Arrays.copyOf(tasks, size);
    enabled = Arrays.copyOf(enabled, size);
    objects = Arrays.copyOf(objects, size);
    kinds = Arrays.copyOf(kinds, size);
    names = Arrays.copyOf(names, size);
  }
}
