package org.cancelsafe.examples.cli;

import java.time.Duration;
import java.util.List;
import org.cancelsafe.hunter.Hammer;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.scenario.Scenario;

/**
 * Hammers several scenarios within one time. They take turns; one in which something was found leaves its time to the
 * others. A race that is expected and has not shown by then is hammered on, alone, for as long again at most: a large
 * catalogue leaves each scenario a few milliseconds.
 */
final class LiveHunt {
  private static final int TURNS = 6;

  private final List<Hammer> hammers;
  private final Progress progress;

  LiveHunt(List<Scenario> scenarios, long seed, Progress progress) {
    this.hammers = scenarios.stream().map(scenario -> new Hammer(scenario, seed)).toList();
    this.progress = progress;
  }

  List<Report> run(Duration time) {
    long deadline = System.nanoTime() + time.toNanos();
    for (int turn = 0; turn < TURNS; turn++) {
      List<Hammer> left = hammers.stream().filter(hammer -> !hammer.hasFound()).toList();
      for (int i = 0; i < left.size(); i++) {
        long share = Math.max(0, deadline - System.nanoTime()) / ((long) (TURNS - turn) * (left.size() - i));
        hammer(left.get(i), Duration.ofNanos(share));
      }
    }
    hammers.stream().filter(LiveHunt::isToFindMore).forEach(hammer -> hammer(hammer, time));
    return hammers.stream().map(Hammer::report).toList();
  }

  private static boolean isToFindMore(Hammer hammer) {
    return !hammer.hasFound() && hammer.report().scenario().expectation() == Scenario.Expectation.RACE;
  }

  private void hammer(Hammer hammer, Duration time) {
    long before = hammer.rounds();
    hammer.hammer(time);
    progress.schedules().add(hammer.rounds() - before);
    if (hammer.hasFound()) {
      progress.scenarioDone();
    }
  }
}
