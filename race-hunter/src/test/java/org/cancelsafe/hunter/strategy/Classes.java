package org.cancelsafe.hunter.strategy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.cancelsafe.hunter.explore.RunResult;

/**
 * Another strategy's runs in canonical form: who took which step, and which pairs of dependent steps came in which
 * order. Equivalent runs have the same form, others a different one. Steps are called by who takes them and as his
 * how-manieth, activities by who made them and as his how-manieth, so that nothing depends on the order itself.
 */
final class Classes implements Strategy {
  private final Strategy strategy;
  private final Set<String> forms = new TreeSet<>();
  private final List<Step> steps = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private final List<String> makers = new ArrayList<>();
  private final List<Integer> children = new ArrayList<>();
  private final Map<String, Integer> counts = new HashMap<>();
  private int rests;
  private boolean stopped;
  private int duplicates;

  private record Step(String name, String activity, String maker, long footprint, int rests) {
    boolean isOrderedWith(Step later) {
      return activity.equals(later.activity)
          || name.equals(later.maker)
          || Footprint.dependent(footprint, later.footprint);
    }
  }

  Classes(Strategy strategy) {
    this.strategy = strategy;
  }

  @Override
  public boolean nextRun() {
    steps.clear();
    names.clear();
    makers.clear();
    children.clear();
    counts.clear();
    rests = 0;
    stopped = false;
    return strategy.nextRun();
  }

  @Override
  public int choose(Choice choice) {
    meet(choice);
    int next = strategy.choose(choice);
    if (next != PRUNE) {
      String name = names.get(next);
      String step = name + ":" + counts.merge(name, 1, Integer::sum) + " " + choice.describe(next);
      steps.add(new Step(step, name, makers.get(next), choice.footprint(next), rests));
    }
    return next;
  }

  private void meet(Choice choice) {
    while (names.size() < choice.activities()) {
      boolean madeByStep = !steps.isEmpty() && steps.get(steps.size() - 1).rests == rests;
      Step last = madeByStep ? steps.get(steps.size() - 1) : null;
      int maker = last == null ? -1 : names.indexOf(last.activity);
      if (maker >= 0) {
        children.set(maker, children.get(maker) + 1);
        names.add(names.get(maker) + "." + children.get(maker));
      } else {
        names.add(Integer.toString(names.size()));
      }
      makers.add(last == null ? "" : last.name);
      children.add(0);
    }
  }

  @Override
  public void atRest(Choice choice) {
    meet(choice);
    strategy.atRest(choice);
    rests++;
  }

  @Override
  public void stopped(Choice choice) {
    meet(choice);
    strategy.stopped(choice);
    stopped = !steps.isEmpty() && steps.get(steps.size() - 1).rests == rests;
  }

  @Override
  public boolean isExhaustive() {
    return strategy.isExhaustive();
  }

  /** A run has ended. */
  void add(RunResult result) {
    if (!result.pruned() && !forms.add(form())) {
      duplicates++;
    }
  }

  private String form() {
    Set<String> form = new TreeSet<>();
    for (int later = 0; later < steps.size(); later++) {
      Step second = steps.get(later);
      boolean afterAll = stopped && later == steps.size() - 1;
      form.add(second.name + (afterAll ? " stops" : "") + " " + second.rests);
      for (Step first : steps.subList(0, later)) {
        if (afterAll || first.rests == second.rests && first.isOrderedWith(second)) {
          form.add(first.name + " < " + second.name);
        }
      }
    }
    return form.toString();
  }

  /** The forms of the runs so far. */
  Set<String> forms() {
    return forms;
  }

  /** How many runs showed a form that was there already. */
  int duplicates() {
    return duplicates;
  }
}
