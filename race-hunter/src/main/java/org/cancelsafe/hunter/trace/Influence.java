package org.cancelsafe.hunter.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.cancelsafe.emu.machine.DataRace;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.explore.NoProgress;

/**
 * The lines that a violation can depend on. One that an activity ran into depends on that activity's last line and its
 * causal past. One that was found when everything had come to rest, such as an IRP that nobody completes, may depend on
 * what did <em>not</em> happen; so everything that is connected to the object counts, and without an object everything.
 */
final class Influence {
  private Influence() {}

  static Set<RecordedLine> on(Finding finding, int stopper, List<RecordedLine> lines) {
    if (finding.cause() instanceof NoProgress) {
      return Set.copyOf(lines);
    }
    List<RecordedLine> ends = new ArrayList<>();
    RecordedLine last = null;
    for (RecordedLine line : lines) {
      last = line.activity == stopper ? line : last;
      if (line.kind == StepKind.WAITS || finding.cause() instanceof DataRace race && race.cell() == line.target) {
        ends.add(line);
      }
    }
    if (last != null) {
      ends.add(last);
    }
    if (!ends.isEmpty()) {
      return CausalOrder.past(ends);
    }
    List<RecordedLine> about = lines.stream().filter(line -> isAbout(line, finding)).toList();
    return about.isEmpty() ? Set.copyOf(lines) : CausalOrder.related(about, lines);
  }

  private static boolean isAbout(RecordedLine line, Finding finding) {
    return finding.cause() instanceof BugCheck bugCheck
        && bugCheck.parameters().stream()
            .anyMatch(
                parameter ->
                    parameter instanceof MachineObject && (parameter == line.target || parameter == line.subject()));
  }
}
