package org.cancelsafe.fidelity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableSortedMap;
import java.util.List;
import org.junit.jupiter.api.Test;

class FidelityTest {
  private static final ImmutableSortedMap<Integer, String> STATEMENTS =
      Numbered.parse(List.of("A heading", "1. one", "2. two | too", "", "3. three"));

  private static Fidelity fidelity(List<String> reasons, Result... results) {
    return new Fidelity(STATEMENTS, Numbered.parse(reasons), List.of(results));
  }

  private static Result passed(int statement, String test) {
    return new Result(statement, Outcome.PASSED, test);
  }

  @Test
  void countsTheStatementsThatATestChecked() {
    Fidelity fidelity = fidelity(List.of("3. no C"), passed(1, "T.a"), passed(1, "T.b"), passed(2, "T.b"));
    assertEquals("fidelity: 2 of 3 documented statements checked, 0 failed", fidelity.line());
    assertEquals(List.of(), fidelity.problems());
  }

  @Test
  void oneFailedTestOfAStatementIsEnough() {
    Fidelity fidelity =
        fidelity(List.of("2. no B", "3. no C"), passed(1, "T.a"), new Result(1, Outcome.FAILED, "T.b"));
    assertEquals("fidelity: 0 of 3 documented statements checked, 1 failed", fidelity.line());
    assertTrue(fidelity.page().contains("| 1 | one | FAILED: T.a, T.b |"), fidelity.page());
  }

  @Test
  void aTestThatWasGivenUpChecksNothing() {
    Fidelity fidelity =
        fidelity(List.of("1. no A", "2. no B", "3. no C"), new Result(1, Outcome.ABORTED, "T.a"));
    assertEquals("fidelity: 0 of 3 documented statements checked, 0 failed", fidelity.line());
    assertEquals(List.of(), fidelity.problems());
  }

  @Test
  void aStatementNeedsATestOrAReason() {
    assertEquals(
        List.of("no test checks statement 3, and reasons.txt says nothing: three"),
        fidelity(List.of("2. no B"), passed(1, "T.a")).problems());
  }

  @Test
  void noStatementHasBoth() {
    assertEquals(
        List.of("reasons.txt says why statement 1 is not checked, but T.a does"),
        fidelity(List.of("1. no A", "2. no B", "3. no C"), passed(1, "T.a")).problems());
  }

  @Test
  void nobodyNamesAStatementThatThereIsNot() {
    assertEquals(
        List.of("reasons.txt has a statement 4, which there is not", "T.a checks a statement 5, which there is not"),
        fidelity(List.of("1. a", "2. b", "3. c", "4. d"), passed(5, "T.a")).problems());
  }

  @Test
  void thePageHasARowForEachStatement() {
    Fidelity fidelity = fidelity(List.of("3. no C"), passed(1, "T.a"), passed(1, "T.b"), passed(2, "T.b"));
    assertEquals(
        """
        # fidelity: 2 of 3 documented statements checked, 0 failed

        ## Not checked

        | # | statement | why not |
        |---|---|---|
        | 3 | three | no C |

        ## Checked

        | # | statement | tests |
        |---|---|---|
        | 1 | one | T.a, T.b |
        | 2 | two \\| too | T.b |
        """,
        fidelity.page());
  }

  @Test
  void theChecklistHas241Statements() {
    assertEquals(241, Numbered.resource("statements.txt").size());
    assertEquals(241, Numbered.resource("statements.txt").lastKey());
  }
}
