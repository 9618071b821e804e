package org.cancelsafe.fidelity;

import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.Multimaps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/** The statements, the tests that check them, and the reasons why the others are not checked. */
final class Fidelity {
  private final ImmutableSortedMap<Integer, String> statements;
  private final ImmutableSortedMap<Integer, String> reasons;
  private final ImmutableListMultimap<Integer, Result> results;

  Fidelity(
      ImmutableSortedMap<Integer, String> statements,
      ImmutableSortedMap<Integer, String> reasons,
      List<Result> results) {
    this.statements = statements;
    this.reasons = reasons;
    this.results = Multimaps.index(results, Result::statement);
  }

  private boolean failed(int number) {
    return results.get(number).stream().anyMatch(result -> result.outcome() == Outcome.FAILED);
  }

  private boolean checked(int number) {
    return !failed(number) && results.get(number).stream().anyMatch(result -> result.outcome() == Outcome.PASSED);
  }

  /** The line that the build ends with. */
  String line() {
    return String.format(
        "fidelity: %d of %d documented statements checked, %d failed",
        statements.keySet().stream().filter(this::checked).count(),
        statements.size(),
        statements.keySet().stream().filter(this::failed).count());
  }

  /** What is wrong with the bookkeeping, a line each; empty when nothing is. */
  ImmutableList<String> problems() {
    List<String> problems = new ArrayList<>();
    statements.forEach(
        (number, text) -> {
          if (results.get(number).isEmpty() && !reasons.containsKey(number)) {
            problems.add("no test checks statement " + number + ", and reasons.txt says nothing: " + text);
          } else if (checked(number) && reasons.containsKey(number)) {
            problems.add(
                "reasons.txt says why statement " + number + " is not checked, but " + tests(number) + " does");
          }
        });
    reasons.keySet().stream()
        .filter(number -> !statements.containsKey(number))
        .forEach(number -> problems.add("reasons.txt has a statement " + number + ", which there is not"));
    results.forEach(
        (number, result) -> {
          if (!statements.containsKey(number)) {
            problems.add(result.test() + " checks a statement " + number + ", which there is not");
          }
        });
    return ImmutableList.copyOf(problems);
  }

  private String tests(int number) {
    return results.get(number).stream().map(Result::test).collect(joining(", "));
  }

  /** Everything as a page of Markdown: what is not checked, and why, first. */
  String page() {
    StringBuilder page = new StringBuilder("# " + line() + "\n");
    page.append("\n## Not checked\n\n| # | statement | why not |\n|---|---|---|\n");
    rows(page, number -> !checked(number), number -> failed(number) ? "FAILED: " + tests(number) : reason(number));
    page.append("\n## Checked\n\n| # | statement | tests |\n|---|---|---|\n");
    rows(page, this::checked, this::tests);
    return page.toString();
  }

  private String reason(int number) {
    String reason = reasons.get(number);
    return reason != null ? reason : "no reason given";
  }

  private void rows(StringBuilder page, IntPredicate which, IntFunction<String> last) {
    for (Map.Entry<Integer, String> statement : statements.entrySet()) {
      int number = statement.getKey();
      if (which.test(number)) {
        page.append(String.format("| %d | %s | %s |\n", number, cell(statement.getValue()), cell(last.apply(number))));
      }
    }
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }
}
