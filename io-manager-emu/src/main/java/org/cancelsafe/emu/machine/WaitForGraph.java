package org.cancelsafe.emu.machine;

import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for whom: for the owner of what it waits for, and, what was interrupted, for what interrupted it. A circle
 * with an edge of the second kind is a priority inversion.
 */
public final class WaitForGraph {
  private WaitForGraph() {}

  /** One activity waits for what another one has; or, without a gate, for the other one to return. */
  record Edge(Activity waiter, @Nullable Gate gate, Activity owner) {
    @Override
    public String toString() {
      return gate == null
          ? waiter + ", at " + waiter.irql() + ", stands still until " + owner + ", which interrupted it on "
              + owner.processor() + " at " + owner.irql() + ", returns"
          : waiter + " waits for " + gate + " held by " + owner;
    }
  }

  /**
   * Stops the machine when this activity waits in a circle.
   *
   * @param waitsFor what an activity waits for, or null
   */
  public static void checkCircle(Activity start, Function<Activity, @Nullable Gate> waitsFor) {
    List<Edge> edges = edges(start, waitsFor);
    if (!edges.isEmpty()) {
      throw violation(edges);
    }
  }

  /** Stops the machine when this activity waits in a circle with something that was interrupted. */
  public static void checkInversion(Activity start, Function<Activity, @Nullable Gate> waitsFor) {
    List<Edge> edges = edges(start, waitsFor);
    if (isInversion(edges)) {
      throw violation(edges);
    }
  }

  private static boolean isInversion(List<Edge> edges) {
    for (Edge edge : edges) {
      if (edge.gate() == null) {
        return true;
      }
    }
    return false;
  }

  static BugCheck violation(List<Edge> circle) {
    Rule rule = isInversion(circle) ? Rule.PRIORITY_INVERSION : Rule.DEADLOCK;
    Edge first = circle.get(0);
    String text = circle.stream().map(Edge::toString).collect(joining(", "));
    return rule.violated(first.waiter().machine(), text, first.gate() == null ? first.owner() : first.gate());
  }

  /** The circle, beginning with what this activity waits for; empty when it is in none. */
  static ImmutableList<Edge> edges(Activity start, Function<Activity, @Nullable Gate> waitsFor) {
    Set<Activity> seen = new LinkedHashSet<>();
    ImmutableList.Builder<Edge> edges = ImmutableList.builder();
    Activity waiter = start;
    while (seen.add(waiter)) {
      Edge edge = edge(waiter, waitsFor.apply(waiter));
      if (edge == null) {
        return ImmutableList.of();
      }
      edges.add(edge);
      waiter = edge.owner();
    }
    return waiter == start ? edges.build() : ImmutableList.of();
  }

  private static @Nullable Edge edge(Activity waiter, @Nullable Gate gate) {
    Activity interrupter = waiter.interruptedBy();
    if (interrupter != null) {
      return new Edge(waiter, null, interrupter);
    }
    Activity owner = gate == null ? null : gate.owner();
    return owner == null ? null : new Edge(waiter, gate, owner);
  }
}
