package org.cancelsafe.hunter;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import org.cancelsafe.hunter.explore.Explorer;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.explore.RunObserver;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.explore.SourceSites;
import org.cancelsafe.hunter.strategy.Recorded;
import org.jspecify.annotations.Nullable;

/**
 * Runs again what a verdict rests on. The plainest schedule is the first of a search, and the last: what the runs in
 * between have left behind, in a static field or a file, must make no difference to it. A schedule that goes wrong has
 * to go wrong each time.
 */
final class Confirmation {
  private static final int TIMES = 20;

  private final Explorer explorer;
  private @Nullable RunResult first;

  Confirmation(Explorer explorer) {
    this.explorer = explorer;
  }

  /** Runs the plainest schedule for the first time, watched. */
  RunResult runFirst() {
    RunResult result = explorer.runPlainest(RunObserver.OF_NOTHING);
    if (!isErrorOfModel(result) && explorer.letThreadsMatter()) {
      result = explorer.runPlainest(RunObserver.OF_NOTHING);
    }
    first = result;
    return result;
  }

  /** Runs the plainest schedule again; the finding that it is not what it was, or null. */
  @Nullable Finding ofPlainest() {
    RunResult before = requireNonNull(first);
    RunResult now = explorer.runPlainest(null);
    if (isErrorOfModel(now)) {
      return now.finding();
    }
    if (!comesToTheSame(before.finding(), now)) {
      return Finding.nondeterminism(
          "the plainest schedule " + outcome(before, "went well", "broke") + " at first, and " + outcomeNow(now));
    }
    return Arrays.equals(before.schedule(), now.schedule())
        ? null
        : Finding.nondeterminism(
            "the plainest schedule had " + before.schedule().length + " steps at first, and has "
                + now.schedule().length + " when it is run again");
  }

  /** Runs a schedule that went wrong again, many times; the finding that it does not go wrong each time, or null. */
  @Nullable Finding of(RunResult bad) {
    for (int times = 0; times < TIMES; times++) {
      Recorded schedule = new Recorded(bad.schedule());
      schedule.nextRun();
      RunResult now = explorer.run(schedule);
      if (!comesToTheSame(bad.finding(), now)) {
        return differs(bad, now);
      }
    }
    return null;
  }

  /** The finding that a schedule that went wrong comes to something else now; what it says of the model itself first. */
  static Finding differs(RunResult bad, RunResult now) {
    return isErrorOfModel(now)
        ? requireNonNull(now.finding())
        : Finding.nondeterminism("the schedule that " + outcome(bad, "went well", "broke") + " " + outcomeNow(now));
  }

  private static boolean isErrorOfModel(RunResult run) {
    return run.finding() != null && run.finding().isErrorOfModel();
  }

  private static boolean comesToTheSame(@Nullable Finding before, RunResult now) {
    Finding after = now.finding();
    return before == null || after == null ? before == after : before.isSameAs(after);
  }

  private static String outcomeNow(RunResult run) {
    return outcome(run, "goes well", "breaks") + " when it is run again";
  }

  private static String outcome(RunResult run, String well, String broken) {
    if (run.finding() == null) {
      return well;
    }
    String site = SourceSites.of(run.finding().cause());
    return broken + " " + run.finding().rule() + (site == null ? "" : " at " + site);
  }
}
