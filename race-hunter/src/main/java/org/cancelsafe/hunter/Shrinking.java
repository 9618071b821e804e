package org.cancelsafe.hunter;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.strategy.Strategy;
import org.cancelsafe.hunter.strategy.SwitchList;
import org.jspecify.annotations.Nullable;

/**
 * Makes a schedule that goes wrong smaller by leaving out changes of activity, first many at once, then one by one, as
 * delta debugging does (Zeller and Hildebrandt, IEEE TSE 28, 2002). What is left out must leave the same failure, and a
 * schedule with no more preemptions, changes and steps.
 */
final class Shrinking {
  private static final int MOST_TRIES = 2_000;

  private final Function<Strategy, RunResult> run;
  private final BooleanSupplier isSpent;
  private final Mistake mistake;
  private RunResult smallest;
  private int tries;

  private Shrinking(Function<Strategy, RunResult> run, RunResult bad, BooleanSupplier isSpent) {
    this.run = run;
    this.smallest = bad;
    this.mistake = Mistake.of(requireNonNull(bad.finding()));
    this.isSpent = isSpent;
  }

  /** The smallest schedule that was come by from this one. */
  static RunResult shrink(Function<Strategy, RunResult> run, RunResult bad, BooleanSupplier isSpent) {
    Shrinking shrinking = new Shrinking(run, bad, isSpent);
    shrinking.shrink();
    return shrinking.smallest;
  }

  private void shrink() {
    List<SwitchList.Switch> switches = SwitchList.of(smallest.schedule());
    int size = Math.max(1, switches.size() / 2);
    while (size >= 1) {
      int start = 0;
      while (start < switches.size() && tries < MOST_TRIES && !isSpent.getAsBoolean()) {
        List<SwitchList.Switch> fewer = without(switches, start, Math.min(size, switches.size() - start));
        RunResult result = attempt(fewer);
        if (result == null) {
          start += size;
        } else {
          smallest = result;
          switches = fewer;
        }
      }
      size /= 2;
    }
  }

  private static List<SwitchList.Switch> without(List<SwitchList.Switch> all, int start, int count) {
    List<SwitchList.Switch> fewer = new ArrayList<>(all);
    fewer.subList(start, start + count).clear();
    return fewer;
  }

  private @Nullable RunResult attempt(List<SwitchList.Switch> switches) {
    tries++;
    SwitchList strategy = new SwitchList(switches);
    strategy.nextRun();
    RunResult result = run.apply(strategy);
    return mistake.isMadeIn(result) && !Smallness.isSmaller(smallest, result) ? result : null;
  }
}
