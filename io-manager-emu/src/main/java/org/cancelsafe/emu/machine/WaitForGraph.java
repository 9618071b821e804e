package org.cancelsafe.emu.machine;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Who waits for whom. */
public final class WaitForGraph {
  private WaitForGraph() {}

  /**
   * The circle of activities that this one waits in, in words, or null when it is in none.
   *
   * @param waitsFor what an activity waits for, or null
   */
  public static @Nullable String circle(Activity start, Function<Activity, @Nullable Gate> waitsFor) {
    Set<Activity> seen = new LinkedHashSet<>();
    StringBuilder text = new StringBuilder();
    Activity waiter = start;
    while (waiter != null && seen.add(waiter)) {
      Gate gate = waitsFor.apply(waiter);
      if (gate == null) {
        return null;
      }
      Activity owner = gate.owner();
      if (owner == null) {
        return null;
      }
      text.append(text.length() == 0 ? "" : ", ");
      text.append(waiter).append(" waits for ").append(gate).append(" held by ").append(owner);
      waiter = owner;
    }
    return waiter == start ? text.toString() : null;
  }
}
