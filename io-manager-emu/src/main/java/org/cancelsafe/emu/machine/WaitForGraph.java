package org.cancelsafe.emu.machine;

import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Who waits for whom. */
public final class WaitForGraph {
  private WaitForGraph() {}

  /** One activity waits for what another one has. */
  record Edge(Activity waiter, Gate gate, Activity owner) {
    @Override
    public String toString() {
      return waiter + " waits for " + gate + " held by " + owner;
    }
  }

  /**
   * The circle of activities that this one waits in, in words, or null when it is in none.
   *
   * @param waitsFor what an activity waits for, or null
   */
  public static @Nullable String circle(Activity start, Function<Activity, @Nullable Gate> waitsFor) {
    List<Edge> edges = edges(start, waitsFor);
    return edges.isEmpty() ? null : inWords(edges);
  }

  static String inWords(List<Edge> edges) {
    return edges.stream().map(Edge::toString).collect(joining(", "));
  }

  /** The circle, beginning with what this activity waits for; empty when it is in none. */
  static ImmutableList<Edge> edges(Activity start, Function<Activity, @Nullable Gate> waitsFor) {
    Set<Activity> seen = new LinkedHashSet<>();
    ImmutableList.Builder<Edge> edges = ImmutableList.builder();
    Activity waiter = start;
    while (seen.add(waiter)) {
      Gate gate = waitsFor.apply(waiter);
      Activity owner = gate == null ? null : gate.owner();
      if (gate == null || owner == null) {
        return ImmutableList.of();
      }
      edges.add(new Edge(waiter, gate, owner));
      waiter = owner;
    }
    return waiter == start ? edges.build() : ImmutableList.of();
  }
}
