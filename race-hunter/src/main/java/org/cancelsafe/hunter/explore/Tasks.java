package org.cancelsafe.hunter.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Gate;
import org.jspecify.annotations.Nullable;

/** The activities of a run, in the order in which they were made, and found again by their numbers on the machine. */
final class Tasks {
  private static final int MOST = 52;

  private final List<Task> all = new ArrayList<>(8);
  private @Nullable Task[] byId = new Task[16];

  Task add(Activity activity) {
    if (all.size() == MOST) {
      throw new IllegalStateException("an explored machine has at most " + MOST + " activities");
    }
    Task task = new Task(activity, all.size());
    all.add(task);
    if (activity.id() >= byId.length) {
      byId = Arrays.copyOf(byId, activity.id() * 2);
    }
    byId[activity.id()] = task;
    return task;
  }

  List<Task> all() {
    return all;
  }

  Task get(int index) {
    return all.get(index);
  }

  String nameOf(int index) {
    return String.valueOf(all.get(index).activity.name());
  }

  /** The task of this activity; null when the activity is none of the explored ones. */
  @Nullable Task find(Activity activity) {
    return activity.id() < byId.length ? byId[activity.id()] : null;
  }

  Task of(Activity activity) {
    Task task = find(activity);
    if (task == null) {
      throw new IllegalStateException(activity + " is not explored");
    }
    return task;
  }

  /** Who has not ended, as a bit set. */
  long unfinished() {
    long unfinished = 0;
    for (int index = 0; index < all.size(); index++) {
      unfinished |= all.get(index).finished ? 0 : 1L << index;
    }
    return unfinished;
  }

  /** Who waits, and for what. */
  Map<Activity, Gate> waiting() {
    Map<Activity, Gate> waiting = new LinkedHashMap<>();
    for (Task task : all) {
      if (!task.finished && task.entered && task.gate != null) {
        waiting.put(task.activity, task.gate);
      }
    }
    return waiting;
  }
}
