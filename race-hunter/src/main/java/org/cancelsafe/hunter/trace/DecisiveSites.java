package org.cancelsafe.hunter.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.cancelsafe.emu.machine.DataRace;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.explore.SourceSites;
import org.cancelsafe.hunter.explore.UnorderedUse;
import org.jspecify.annotations.Nullable;

/**
 * The two lines of source that a reviewer wants to see: of a data race, the two accesses; of a use that came in time by
 * luck, that one and the end of what is used; of a deadlock, where each waits; otherwise the last two changes, by
 * different activities, of what the violation is about. Where the last one is the machine's own, as when it cancels an
 * IRP that is left over, the other one is where a driver has put that last.
 */
final class DecisiveSites {
  private DecisiveSites() {}

  static List<String> of(Trace trace, Finding finding, List<String> waiters) {
    if (finding.cause() instanceof DataRace race) {
      return List.of(
          "earlier access to " + race.cell() + " at " + race.firstSite(),
          "later access to " + race.cell() + " at " + race.secondSite());
    }
    if (finding.cause() instanceof UnorderedUse use) {
      return List.of(
          "use of " + use.object() + " at " + use.useSite(), "end of " + use.object() + " at " + use.endSite());
    }
    if (finding.cause() instanceof BugCheck bugCheck && bugCheck.rule().isDeadlock()) {
      return waiters.stream().distinct().toList();
    }
    int subject = subjectOf(trace, finding);
    boolean lists = finding.cause() instanceof BugCheck bugCheck && bugCheck.rule() == Rule.CORRUPT_LIST_ENTRY;
    TraceStep second = last(trace, step -> isAbout(step, subject, lists));
    if (second == null) {
      second = last(trace, step -> step.scheduled() && step.matters());
    }
    List<String> sites = new ArrayList<>();
    if (second != null) {
      int by = second.activity();
      TraceStep first = second.site() == null ? last(trace, step -> isTold(step, subject, by)) : null;
      if (first == null) {
        first = last(trace, step -> isAbout(step, subject, lists) && step.activity() != by);
      }
      if (first == null) {
        first = last(trace, step -> step.scheduled() && step.matters() && step.activity() != by);
      }
      if (first != null) {
        sites.add(sentence(trace, first));
      }
      sites.add(sentence(trace, second));
    }
    String thrown = SourceSites.of(finding.cause());
    if (thrown != null && sites.stream().noneMatch(site -> site.contains(thrown))) {
      sites.add("found at " + thrown);
    }
    return sites;
  }

  private static boolean isAbout(TraceStep step, int subject, boolean lists) {
    return (step.scheduled() || lists) && step.changes() && subject >= 0 && step.subject() == subject;
  }

  /** What somebody else has told of it, in the middle of a step: that it went into a list, or was marked pending. */
  private static boolean isTold(TraceStep step, int subject, int by) {
    return !step.scheduled() && subject >= 0 && step.subject() == subject && step.activity() != by;
  }

  private static int subjectOf(Trace trace, Finding finding) {
    if (finding.cause() instanceof BugCheck bugCheck) {
      for (Object parameter : bugCheck.parameters()) {
        for (int i = 0; parameter instanceof MachineObject && i < trace.columns().size(); i++) {
          if (trace.columns().get(i).name().equals(parameter.toString())) {
            return i;
          }
        }
      }
    }
    return -1;
  }

  private static @Nullable TraceStep last(Trace trace, Predicate<TraceStep> wanted) {
    TraceStep found = null;
    for (TraceStep step : trace.steps()) {
      if (wanted.test(step)) {
        found = step;
      }
    }
    return found;
  }

  private static String sentence(Trace trace, TraceStep step) {
    String site = step.site() == null ? "" : " at " + step.site();
    String number = step.number() == 0 ? "" : "#" + step.number() + " "; // what comes before all steps has none
    return number + trace.activityOf(step) + site + ": " + step.text();
  }
}
