package org.cancelsafe.hunter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayStringTest {
  @Test
  void encodesRuns() {
    ReplayString replay = new ReplayString("T-3.broken", 0x1f, new int[] {0, 0, 0, 2, 1, 1, 30});
    assertEquals("T-3.broken:1:0000001f:A3.C.B2.e", replay.toString());
  }

  @Test
  void readsWhatItWrites() {
    ReplayString replay = new ReplayString("x", 0xfedcba98, new int[] {0, 0, 51, 51, 51, 3, 0});
    ReplayString again = ReplayString.parse(" " + replay + "\n");
    assertEquals(replay, again);
    assertArrayEquals(replay.schedule(), again.schedule());
  }

  @Test
  void hasWhatTheStepsAreRecognisedBy() {
    ReplayString replay = new ReplayString("x", 0x1f, new int[] {0, 0, 1}, "Ab-_09");
    assertEquals("x:2:0000001f:A2.B:Ab-_09", replay.toString());
    assertEquals(replay, ReplayString.parse(replay.toString()));
    assertEquals("Ab-_09", ReplayString.parse(replay.toString()).codes());
  }

  @Test
  void theEmptyScheduleIsOne() {
    assertEquals(0, ReplayString.parse("x:1:00000000:").schedule().length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "x", "x:1:0000001f", "x:1:1f:A3", "x:1:0000001f:3A", "x:1:0000001f:A0", "x:1:0000001f:A999999.B999999",
        "x:1:0000001f:A3..B", "x:1:0000001f:A-3", "x:one:0000001f:A3", "x:1:0000001g:A3", "x:2:0000001f:A3:?",
        "x:99999999999:0000001f:A3",
        "x:2:0000001f:A3:Ab:cd"
      })
  void refusesWhatIsNoneInOneLine(String text) {
    var problem = assertThrows(ReplayString.Malformed.class, () -> ReplayString.parse(text));
    assertTrue(problem.getMessage().lines().count() == 1, problem.getMessage());
  }

  @Test
  void refusesAnotherVersion() {
    var problem = assertThrows(ReplayString.Malformed.class, () -> ReplayString.parse("x:3:0000001f:A3"));
    assertTrue(problem.getMessage().contains("version 3"), problem.getMessage());
  }

  @Test
  void refusesOneOfWhichSomethingIsMissing() {
    String whole = "x:2:0000001f:A2.B:Ab-_09";
    for (int cut = 1; cut < 6; cut++) {
      String text = whole.substring(0, whole.length() - cut);
      var problem = assertThrows(ReplayString.Malformed.class, () -> ReplayString.parse(text));
      assertTrue(problem.getMessage().startsWith("not a whole replay string"), problem.getMessage());
    }
  }

  @Test
  void thoseThatRunOtherStepsDiffer() {
    ReplayString replay = new ReplayString("x", 0x1f, new int[] {0, 0, 1}, "Ab-_09");
    assertEquals(new ReplayString("x", 0x1f, new int[] {0, 0, 1}, "Ab-_09"), replay);
    assertNotEquals(new ReplayString("x", 0x1f, new int[] {0, 1, 0}, "Ab-_09"), replay);
    assertNotEquals(new ReplayString("x", 0x1f, new int[] {0, 0, 1}, "Ab-_08"), replay);
    assertNotEquals(new ReplayString("x", 0x2f, new int[] {0, 0, 1}, "Ab-_09"), replay);
  }
}
