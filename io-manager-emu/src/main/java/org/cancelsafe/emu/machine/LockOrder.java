package org.cancelsafe.emu.machine;

import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Iterables;
import com.google.common.collect.Sets;
import com.google.common.graph.EndpointPair;
import com.google.common.graph.Graphs;
import com.google.common.graph.MutableValueGraph;
import com.google.common.graph.ValueGraphBuilder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * The orders in which the spin locks of a machine were taken while others were held: Driver Verifier's deadlock
 * detection. An edge leads from each lock held to the one taken; a circle can hang, even when it did not yet.
 *
 * <p>A circle whose orders are all taken under one more lock cannot hang (Havelund, "Using runtime analysis to guide
 * model checking of Java programs", SPIN 2000): two of its orders would have to be under way at once. So each edge
 * keeps which locks were held besides, and a circle counts when no two of its edges have one in common. Trying for a
 * lock without waiting for it makes no edge.
 */
final class LockOrder {
  private final Machine machine;

  /** Made when first something is known: most machines never have two locks held at once, and many are made. */
  private @Nullable MutableValueGraph<MachineObject, Order> known;

  LockOrder(Machine machine) {
    this.machine = machine;
  }

  /** One lock was taken while another was held. */
  private record Order(
      MachineObject first,
      MachineObject second,
      Activity by,
      @Nullable String site,
      ImmutableSet<MachineObject> guards) {
    @Override
    public String toString() {
      return by + " took " + second + " holding " + first + (site == null ? "" : " at " + site);
    }
  }

  private MutableValueGraph<MachineObject, Order> orders() {
    MutableValueGraph<MachineObject, Order> orders = known;
    if (orders == null) {
      orders = ValueGraphBuilder.directed().build();
      known = orders;
    }
    return orders;
  }

  /** An activity that holds these locks has waited for another one, and has it. */
  synchronized void taken(Activity self, Iterable<MachineObject> held, MachineObject taken, boolean check) {
    for (MachineObject first : held) {
      boolean news = first != taken && add(self, first, taken, Iterables.filter(held, lock -> lock != first));
      List<Order> circle = news && check ? circle(first, taken) : List.of();
      if (!circle.isEmpty()) {
        throw violation(circle);
      }
    }
  }

  private boolean add(Activity self, MachineObject first, MachineObject second, Iterable<MachineObject> besides) {
    ImmutableSet<MachineObject> guards = ImmutableSet.copyOf(besides);
    MutableValueGraph<MachineObject, Order> orders = orders();
    Order before = orders.edgeValueOrDefault(first, second, null);
    if (before == null) {
      orders.putEdgeValue(first, second, new Order(first, second, self, machine.site(), guards));
      return true;
    }
    if (guards.containsAll(before.guards())) {
      return false;
    }
    ImmutableSet<MachineObject> always = Sets.intersection(before.guards(), guards).immutableCopy();
    orders.putEdgeValue(first, second, new Order(first, second, self, machine.site(), always));
    return true;
  }

  /** Stops the machine when the locks of this run were taken in a circle: the first one by its text. */
  synchronized void check() {
    if (known == null) {
      return;
    }
    List<List<Order>> circles = new ArrayList<>();
    for (EndpointPair<MachineObject> edge : orders().edges()) {
      circles.add(circle(edge.nodeU(), edge.nodeV()));
    }
    circles.removeIf(List::isEmpty);
    if (!circles.isEmpty()) {
      throw violation(Collections.min(circles, Comparator.comparing(LockOrder::inWords)));
    }
  }

  private BugCheck violation(List<Order> circle) {
    Order last = circle.get(circle.size() - 1);
    return Rule.LOCK_ORDER.violated(machine, inWords(circle) + ": that can hang", last.second(), last.first());
  }

  private static String inWords(List<Order> circle) {
    return circle.stream().map(Order::toString).collect(joining(", and "));
  }

  /** The circle that ends with this edge; empty when there is none that can hang. */
  private List<Order> circle(MachineObject first, MachineObject second) {
    Order order = orders().edgeValueOrDefault(first, second, null);
    if (order == null || !Graphs.reachableNodes(orders().asGraph(), second).contains(first)) {
      return List.of();
    }
    List<Order> back = new ArrayList<>();
    if (!leadsBack(second, first, order.guards(), new HashSet<>(), back)) {
      return List.of();
    }
    Collections.reverse(back);
    back.add(order);
    return back;
  }

  /** Whether orders lead from one lock to the other that share no guard with each other or with those before. */
  private boolean leadsBack(
      MachineObject from, MachineObject to, Set<MachineObject> guards, Set<MachineObject> seen, List<Order> path) {
    if (from == to) {
      return true;
    }
    seen.add(from);
    for (MachineObject next : orders().successors(from)) {
      Order order = orders().edgeValueOrDefault(from, next, null);
      if (order != null
          && !seen.contains(next)
          && Collections.disjoint(order.guards(), guards)
          && leadsBack(next, to, Sets.union(guards, order.guards()), seen, path)) {
        path.add(order);
        return true;
      }
    }
    seen.remove(from);
    return false;
  }
}
