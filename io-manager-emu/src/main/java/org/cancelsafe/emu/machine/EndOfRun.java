package org.cancelsafe.emu.machine;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.cancelsafe.emu.verifier.Rule;

/** What a machine is judged by once it has come to rest: who waits, what is left, and what its scenario asserts. */
public final class EndOfRun {
  private final Machine machine;
  private final List<Runnable> afterwards = new ArrayList<>();
  private final List<Rundown> rundowns = new ArrayList<>();
  private final Queue<Runnable> atRest = new ArrayDeque<>();
  private final List<Runnable> lastChecks = new ArrayList<>();
  private Map<Activity, Gate> waiting = Map.of();

  EndOfRun(Machine machine) {
    this.machine = machine;
  }

  void afterwards(Runnable check) {
    afterwards.add(check);
  }

  void atRest(String name, Runnable body) {
    atRest.add(() -> machine.startThread(name, body));
  }

  /** At rest: starts what is to be done next then; whether there was something. */
  public boolean startNext() {
    Runnable next = atRest.poll();
    if (next != null) {
      next.run();
    }
    return next != null;
  }

  void addRundown(Rundown rundown) {
    rundowns.add(rundown);
  }

  /**
   * At rest for the first time: what was cancelled is completed, what the scenario asserts about the end holds, and who
   * waits may still be helped.
   */
  public void checkAtRest() {
    checkRundown();
    for (Runnable check : afterwards) {
      check.run();
    }
    if (rundowns.stream().noneMatch(Rundown::mayHelpWaiters)) {
      checkWaiters();
    }
  }

  /** At rest after the rundown: nothing is left, nobody waits, and no spin locks were taken in orders that can hang. */
  public void checkAtEnd() {
    checkOwned();
    checkRundown();
    checkWaiters();
    for (Runnable check : lastChecks) {
      check.run();
    }
    machine.lockOrder().check();
  }

  /** What somebody owns who waits himself is the reason for whatever else has not come to an end. */
  private void checkOwned() {
    waiting.forEach(
        (activity, gate) -> {
          Activity owner = gate.owner();
          if (owner != null && waiting.containsKey(owner)) {
            WaitForGraph.checkCircle(activity, waiting::get);
            throw Rule.DEADLOCK.violated(
                machine,
                activity + " waits for " + gate + " held by " + owner + ", who waits for " + waiting.get(owner),
                gate);
          }
        });
  }

  /** Whether anything must be run down before the machine is judged. */
  public boolean needsRundown() {
    for (Rundown rundown : rundowns) {
      if (rundown.needed()) {
        return true;
      }
    }
    return false;
  }

  /** Runs down what is left. */
  public void runDown() {
    for (Rundown rundown : rundowns) {
      rundown.run();
    }
  }

  /** Stops the machine when something is left after the rundown. */
  public void checkRundown() {
    for (Rundown rundown : rundowns) {
      rundown.check();
    }
  }

  /** Has this checked when everything else is well: what nobody has touched yet, and somebody will. For primitives. */
  public void addLastCheck(Runnable check) {
    lastChecks.add(check);
  }

  /** The scheduler's: who waits, and for what, now that the machine is at rest. */
  public void setWaiting(Map<Activity, Gate> waiting) {
    this.waiting = waiting;
  }

  /**
   * Judges the machine at its end: stops it with {@link Rule#DEADLOCK} when a thread waits that should not.
   */
  public void checkWaiters() {
    for (Activity activity : waiting.keySet()) {
      if (!activity.isBackground()) {
        WaitForGraph.checkCircle(activity, waiting::get);
        Gate gate = requireNonNull(waiting.get(activity));
        throw Rule.DEADLOCK.violated(machine, activity + " waits for " + gate + ", and nobody is left to help", gate);
      }
    }
  }
}
