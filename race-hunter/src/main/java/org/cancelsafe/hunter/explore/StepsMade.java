package org.cancelsafe.hunter.explore;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.Objects;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.hunter.strategy.Footprint;
import org.jspecify.annotations.Nullable;

/** Steps that activities had announced, or their ends, by whom and on what, to be compared with those of another run. */
final class StepsMade {
  private int[] tasks = new int[64];
  private int[] objects = new int[64];
  private @Nullable StepKind[] kinds = new StepKind[64];
  private @Nullable String[] names = new String[64];

  /** The step with this number is the one that the task has announced. */
  void set(int number, Task task) {
    if (number == tasks.length) {
      grow();
    }
    tasks[number] = task.index;
    objects[number] = object(task);
    kinds[number] = kind(task);
    names[number] = name(task);
  }

  /** Whether the step that the task has announced is the one with this number. */
  boolean is(int number, Task task) {
    return tasks[number] == task.index && kinds[number] == kind(task) && objects[number] == object(task)
        && Objects.equals(names[number], name(task));
  }

  private static int object(Task task) {
    return task.finished ? 0 : Footprint.object(task.footprint);
  }

  private static @Nullable StepKind kind(Task task) {
    return task.finished ? null : requireNonNull(task.kind);
  }

  private static @Nullable String name(Task task) {
    return task.finished ? null : requireNonNull(task.target).name();
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
    return text(kind(task), name(task));
  }

  private static String text(@Nullable StepKind kind, @Nullable String name) {
    return kind == null ? "its end" : kind.describe(name == null ? "an object without a name" : name, "...");
  }

  private void grow() {
    int size = tasks.length * 2;
    tasks = Arrays.copyOf(tasks, size);
    objects = Arrays.copyOf(objects, size);
    kinds = Arrays.copyOf(kinds, size);
    names = Arrays.copyOf(names, size);
  }
}
