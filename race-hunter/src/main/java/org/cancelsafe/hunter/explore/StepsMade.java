package org.cancelsafe.hunter.explore;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.Objects;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.hunter.strategy.Footprint;
import org.jspecify.annotations.Nullable;

/** Steps that activities had announced, by whom and on what, to be compared with those of another run. */
final class StepsMade {
  private int[] tasks = new int[64];
  private int[] objects = new int[64];
  private StepKind[] kinds = new StepKind[64];
  private @Nullable String[] names = new String[64];

  /** The step with this number is the one that the task has announced. */
  void set(int number, Task task) {
    if (number == tasks.length) {
      grow();
    }
    tasks[number] = task.index;
    objects[number] = Footprint.object(task.footprint);
    kinds[number] = requireNonNull(task.kind);
    names[number] = requireNonNull(task.target).name();
  }

  /** Whether the step that the task has announced is the one with this number. */
  boolean is(int number, Task task) {
    return tasks[number] == task.index && kinds[number] == task.kind
        && objects[number] == Footprint.object(task.footprint)
        && Objects.equals(names[number], requireNonNull(task.target).name());
  }

  /** Who has announced the step with this number. */
  int task(int number) {
    return tasks[number];
  }

  /** The step with this number, in words. */
  String text(int number) {
    return text(kinds[number], names[number]);
  }

  /** The step that the task has announced, in words. */
  static String text(Task task) {
    return text(requireNonNull(task.kind), requireNonNull(task.target).name());
  }

  private static String text(StepKind kind, @Nullable String name) {
    return kind.describe(name == null ? "an object without a name" : name, "...");
  }

  private void grow() {
    int size = tasks.length * 2;
    tasks = Arrays.copyOf(tasks, size);
    objects = Arrays.copyOf(objects, size);
    kinds = Arrays.copyOf(kinds, size);
    names = Arrays.copyOf(names, size);
  }
}
