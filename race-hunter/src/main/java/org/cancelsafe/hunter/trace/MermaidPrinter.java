package org.cancelsafe.hunter.trace;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Prints a trace as a Mermaid sequence diagram: a lifeline for each activity and for each object that has a state; a
 * step is a message from who takes it to what it is about. It never throws.
 */
public final class MermaidPrinter {
  private final Trace trace;
  private final StringBuilder text = new StringBuilder("sequenceDiagram\n");
  private final List<TraceRow> rows;
  private final Set<Integer> actors = new TreeSet<>();
  private final Set<Integer> objects = new TreeSet<>();

  private MermaidPrinter(Trace trace) {
    this.trace = trace;
    this.rows = TraceRows.of(trace);
    for (TraceRow row : rows) {
      if (row instanceof TraceRow.Line line) {
        actors.add(line.step().activity());
        if (hasLifeline(line.step())) {
          objects.add(line.step().subject());
        }
      } else if (row instanceof TraceRow.Violation violation) {
        actors.add(violation.step().activity());
      }
    }
  }

  /** The trace as a diagram. */
  public static String print(Trace trace) {
    try {
      MermaidPrinter printer = new MermaidPrinter(trace);
      printer.participants();
      printer.rows.forEach(printer::row);
      return printer.text.toString();
    } catch (RuntimeException e) {
      return "sequenceDiagram\n  participant A as trace\n  Note over A: cannot be drawn\n";
    }
  }

  private boolean hasLifeline(TraceStep step) {
    return step.subject() >= 0 && step.subject() < trace.columns().size();
  }

  private void participants() {
    actors.forEach(
        actor -> line("participant " + actor(actor) + " as " + escaped(trace.headerOf(actor))));
    objects.forEach(
        object -> line("participant " + object(object) + " as " + escaped(trace.columns().get(object).name())));
  }

  private void row(TraceRow row) {
    if (row instanceof TraceRow.Line line) {
      step(line.step());
    } else if (row instanceof TraceRow.Preemption preemption) {
      note("all", preemption.activity(), trace.nameOf(preemption.activity()) + " is preempted");
    } else if (row instanceof TraceRow.Violation violation) {
      line("rect rgb(255, 205, 200)");
      note("one", violation.step().activity(), violation.step().text());
      line("end");
    } else {
      note("all", -1, String.valueOf(TraceRows.inWords(trace, row)));
    }
  }

  private void step(TraceStep step) {
    String words = (step.scheduled() ? "[" + step.number() + "] " : "") + step.text();
    if (hasLifeline(step)) {
      line(actor(step.activity()) + (step.changes() ? "->>" : "-->>") + object(step.subject()) + ": " + escaped(words));
    } else {
      note("one", step.activity(), words);
    }
  }

  private void note(String reach, int actor, String words) {
    if (actors.isEmpty()) {
      return;
    }
    TreeSet<Integer> sorted = new TreeSet<>(actors);
    boolean one = reach.equals("one") && actors.contains(actor);
    String over =
        one || actors.size() == 1
            ? actor(one ? actor : sorted.first())
            : actor(sorted.first()) + "," + actor(sorted.last());
    line("Note over " + over + ": " + escaped(words));
  }

  private static String actor(int activity) {
    return "T" + activity;
  }

  private static String object(int object) {
    return "O" + object;
  }

  private void line(String line) {
    text.append("  ").append(line).append('\n');
  }

  /** What Mermaid would take for its own, as the numbers it has for them. */
  private static String escaped(String words) {
    StringBuilder escaped = new StringBuilder();
    for (char c : PlainText.of(words).toCharArray()) {
      if (Character.isLetterOrDigit(c) || " .,:=()[]/_'!?|".indexOf(c) >= 0) {
        escaped.append(c);
      } else {
        escaped.append('#').append((int) c).append(';');
      }
    }
    return escaped.toString().isBlank() ? "#32;" : escaped.toString();
  }
}
