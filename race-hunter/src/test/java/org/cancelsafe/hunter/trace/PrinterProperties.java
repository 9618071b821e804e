package org.cancelsafe.hunter.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.cancelsafe.emu.machine.ActivityKind;

/** Whatever a trace is made of, it is printed: within the page, in plain characters, with no step lost. */
class PrinterProperties {
  private static final int LOWEST = -3;
  private static final int HIGHEST = 9;

  @Provide
  Arbitrary<Trace> anything() {
    return traces(Arbitraries.integers().between(LOWEST, HIGHEST), 0);
  }

  @Provide
  Arbitrary<Trace> consistent() {
    return traces(Arbitraries.integers().between(0, HIGHEST), HIGHEST + 1);
  }

  private static Arbitrary<Trace> traces(Arbitrary<Integer> activity, int fewestLanes) {
    Arbitrary<String> text = Arbitraries.oneOf(Arbitraries.strings().ofMaxLength(300), Arbitraries.of("", "a b", "x"));
    Arbitrary<MachineState> states =
        Combinators.combine(
                Arbitraries.integers().between(0, 31).list().ofMaxSize(HIGHEST),
                activity.list().ofMaxSize(6),
                text.list().ofMaxSize(6))
            .as(MachineState::new);
    Arbitrary<TraceStep> steps =
        Combinators.combine(
                Arbitraries.integers().between(0, 100_000),
                Arbitraries.of(true, false),
                activity,
                text,
                Arbitraries.of(true, false),
                activity,
                Arbitraries.of(true, false),
                states)
            .as(
                (number, scheduled, who, words, preempts, subject, matters, after) ->
                    new TraceStep(
                        number, scheduled, who, words, null, preempts, subject, true, matters, after));
    Arbitrary<Trace.Lane> lanes =
        Combinators.combine(text, Arbitraries.of(ActivityKind.values())).as(Trace.Lane::new);
    Arbitrary<Trace.Column> columns =
        Combinators.combine(text, Arbitraries.integers().between(0, 3)).as(Trace.Column::new);
    return Combinators.combine(
            lanes.list().ofMinSize(fewestLanes).ofMaxSize(HIGHEST + 3),
            columns.list().ofMaxSize(8),
            steps.list().ofMaxSize(30))
        .as((who, what, when) -> new Trace(who, what, when, List.of(), List.of()));
  }

  @Property(tries = 500)
  void nothingThrows(@ForAll("anything") Trace trace) {
    String text = LanePrinter.print(trace);
    text.lines().forEach(line -> assertTrue(line.length() <= 120, line));
    assertTrue(text.chars().allMatch(c -> c == '\n' || c >= ' ' && c < 0x7f), text);
  }

  @Property(tries = 500)
  void whatFitsTogetherIsLaidOutAndNothingIsLost(@ForAll("consistent") Trace trace) {
    String text = LanePrinter.print(trace);
    assertTrue(text.startsWith(" #"), text);
    long inRows =
        TraceRows.of(trace).stream().mapToLong(PrinterProperties::lines).sum();
    assertEquals(trace.steps().size(), inRows);
  }

  @Property(tries = 300)
  void aTableIsWellFormedAndHoldsNoMarkupOfTheModels(@ForAll("anything") Trace trace) {
    String html = HtmlTable.of(trace);
    String tags = "</?(div|table|thead|tbody|tr|th|td|a|pre|wbr)( [^<>]*)?>";
    assertEquals(-1, html.replaceAll(tags, "").indexOf('<'), html);
    for (String tag : List.of("table", "tr", "td", "th", "a")) {
      assertEquals(html.split("<" + tag + "[ >]", -1).length, html.split("</" + tag + ">", -1).length, tag);
    }
  }

  @Property(tries = 300)
  void aDiagramHasAStatementALine(@ForAll("anything") Trace trace) {
    String statement =
        "sequenceDiagram|  (participant [TO][0-9]+ as .+|Note over T[0-9]+(,T[0-9]+)?: .+|T[0-9]+--?>>O[0-9]+: .+"
            + "|rect rgb\\(255, 205, 200\\)|end|participant A as trace|Note over A: cannot be drawn)";
    MermaidPrinter.print(trace).lines().forEach(line -> assertTrue(line.matches(statement), line));
  }

  private static long lines(TraceRow row) {
    if (row instanceof TraceRow.Independent independent) {
      return independent.lines().size();
    }
    if (row instanceof TraceRow.Repetition repetition) {
      return repetition.lines().size();
    }
    if (row instanceof TraceRow.LeftOut leftOut) {
      return leftOut.lines().size();
    }
    return row instanceof TraceRow.Preemption ? 0 : 1;
  }
}
