package org.cancelsafe.hunter.trace;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.cancelsafe.emu.machine.Facet;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Which lines of a run depend on which: those of one activity on each other in their order; two that touch the same
 * part of an object when one of them changes it; an activity's first on the one that made the activity. What is left
 * out of the causal past of a violation could be left out of the schedule.
 */
final class CausalOrder {
  private final Map<MachineObject, Part[]> parts = new IdentityHashMap<>();
  private final Map<Integer, RecordedLine> lastOf = new HashMap<>();
  private final Map<Integer, RecordedLine> makerOf = new HashMap<>();

  /** A part of an object: who wrote it last, and who has read it since. */
  private static final class Part {
    @Nullable RecordedLine write;
    final List<RecordedLine> reads = new ArrayList<>();
  }

  /** This activity is made in the middle of this line; null when it is there from the beginning. */
  void made(int activity, @Nullable RecordedLine maker) {
    if (maker != null) {
      makerOf.put(activity, maker);
    }
  }

  /** The line that made this activity, or null. */
  @Nullable RecordedLine maker(int activity) {
    return makerOf.get(activity);
  }

  /** Who wrote last what this line is about, or null. */
  @Nullable RecordedLine lastWrite(RecordedLine line) {
    Part[] known = parts.get(line.target);
    return known == null ? null : known[line.kind.facet().ordinal()].write;
  }

  /** The next line of the run. */
  void add(RecordedLine line) {
    RecordedLine before = lastOf.put(line.activity, line);
    if (before == null) {
      before = makerOf.get(line.activity);
    }
    if (before != null) {
      line.after.add(before);
    }
    if (!line.isRemark()) {
      touch(line);
    }
  }

  private void touch(RecordedLine line) {
    Part[] known = parts.computeIfAbsent(line.target, key -> newParts());
    for (Facet facet : Facet.values()) {
      Part part = known[facet.ordinal()];
      if (facet.overlaps(line.kind.facet())) {
        if (part.write != null) {
          line.after.add(part.write);
        }
        if (line.writes()) {
          line.after.addAll(part.reads);
        }
      }
    }
    Part own = known[line.kind.facet().ordinal()];
    if (line.writes()) {
      own.write = line;
      own.reads.clear();
    } else {
      own.reads.add(line);
    }
  }

  private static Part[] newParts() {
    Part[] parts = new Part[Facet.values().length];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = new Part();
    }
    return parts;
  }

  /** Whoever had a processor before somebody else had it first: where processors are scarce that matters too. */
  static void orderByProcessor(List<RecordedLine> lines) {
    Map<Processor, RecordedLine> lastOn = new HashMap<>();
    for (RecordedLine line : lines) {
      if (line.processor != null) {
        RecordedLine before = lastOn.put(line.processor, line);
        if (before != null) {
          line.after.add(before);
        }
      }
    }
  }

  /** These lines and all that they depend on. */
  static Set<RecordedLine> past(Collection<RecordedLine> lines) {
    return reachable(lines, line -> line.after);
  }

  /** These lines, all that they depend on or that depends on them, and so on. */
  static Set<RecordedLine> related(Collection<RecordedLine> lines, List<RecordedLine> all) {
    Map<RecordedLine, List<RecordedLine>> neighbours = new IdentityHashMap<>();
    for (RecordedLine line : all) {
      for (RecordedLine before : line.after) {
        neighbours.computeIfAbsent(line, key -> new ArrayList<>()).add(before);
        neighbours.computeIfAbsent(before, key -> new ArrayList<>()).add(line);
      }
    }
    return reachable(lines, line -> neighbours.getOrDefault(line, List.of()));
  }

  private static Set<RecordedLine> reachable(
      Collection<RecordedLine> from, Function<RecordedLine, List<RecordedLine>> next) {
    Set<RecordedLine> found = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<RecordedLine> open = new ArrayDeque<>(from);
    while (!open.isEmpty()) {
      RecordedLine line = open.pop();
      if (found.add(line)) {
        open.addAll(next.apply(line));
      }
    }
    return found;
  }
}
