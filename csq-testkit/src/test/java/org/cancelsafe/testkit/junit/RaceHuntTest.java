package org.cancelsafe.testkit.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Machine;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;

/** What a test with {@link RaceHunt} says and when. */
class RaceHuntTest {
  static class Verified {
    @RaceHunt
    void counts(Machine machine) {
      Counting.interlocked(machine, 2);
    }
  }

  @Test
  void passesWhenEveryScheduleGoesWell() {
    Runs.of(Verified.class).testEvents().assertStatistics(tests -> tests.started(1).succeeded(1));
  }

  static class Racing {
    @RaceHunt
    void loses(Machine machine) {
      Counting.readThenWrite(machine, 2);
    }
  }

  @Test
  void failsWithTheTraceAsItsMessage() {
    String message = Runs.message(Racing.class);
    assertTrue(
        message.startsWith("race in RaceHuntTest.Racing.loses: AssertionFailed\nVIOLATION  AssertionFailed  counted"),
        message);
    assertTrue(message.contains(" #  A Count 0 "), message);
    assertTrue(message.contains("---- Count 0 is preempted ---"), message);
    assertTrue(message.contains("site       found at Counting.java:"), message);
    assertTrue(message.contains("again      @RaceHunt(replay = \"RaceHuntTest.Racing.loses:2:"), message);
  }

  @Test
  void theStackTraceIsTheModels() {
    StackTraceElement[] frames = Runs.failure(Racing.class).getStackTrace();
    assertEquals(Counting.class.getName(), frames[0].getClassName());
    assertEquals(Racing.class.getName(), frames[frames.length - 1].getClassName());
    assertTrue(frames.length < 6, Arrays.toString(frames));
  }

  @Test
  void keepsWhatAnAssertionExpected() {
    AssertionFailedError failure = assertInstanceOf(AssertionFailedError.class, Runs.failure(Racing.class));
    assertEquals(2L, failure.getExpected().getValue());
    assertEquals(1L, failure.getActual().getValue());
  }

  static class Expecting {
    @RaceHunt(expectRace = "AssertionFailed")
    void thisRule(Machine machine) {
      Counting.readThenWrite(machine, 2);
    }

    @RaceHunt(expectRace = RaceHunt.ANY_RULE)
    void anyRule(Machine machine) {
      Counting.readThenWrite(machine, 2);
    }

    @RaceHunt(expectRace = "AssertionFailed", strategy = RaceHunt.LIVE, live = 10_000)
    void live(Machine machine) {
      Counting.readThenWrite(machine, 2);
    }
  }

  @Test
  void passesWhenTheExpectedRaceIsThere() {
    Runs.of(Expecting.class).testEvents().assertStatistics(tests -> tests.succeeded(3).failed(0));
  }

  static class ExpectingAnother {
    @RaceHunt(expectRace = "DoubleCompletion")
    void loses(Machine machine) {
      Counting.readThenWrite(machine, 2);
    }
  }

  @Test
  void failsWhenTheRaceBreaksAnotherRule() {
    String message = Runs.message(ExpectingAnother.class);
    assertTrue(message.startsWith("expected a race that breaks DoubleCompletion in "), message);
    assertTrue(message.contains("and found one that breaks AssertionFailed\nVIOLATION"), message);
  }

  static class ExpectingInVain {
    @RaceHunt(expectRace = RaceHunt.ANY_RULE)
    void counts(Machine machine) {
      Counting.interlocked(machine, 2);
    }
  }

  @Test
  void failsWhenTheExpectedRaceIsNotThere() {
    String message = Runs.message(ExpectingInVain.class);
    assertTrue(message.contains("expected a race in RaceHuntTest.ExpectingInVain.counts, and found none"), message);
    assertTrue(message.contains("verified"), message);
  }

  static class Incompletes {
    @RaceHunt(schedules = 3)
    void fails(Machine machine) {
      Counting.endlessly(machine);
    }

    @RaceHunt(schedules = 3, incomplete = Incomplete.ABORT)
    void aborts(Machine machine) {
      Counting.endlessly(machine);
    }

    @RaceHunt(schedules = 3, incomplete = Incomplete.PASS)
    void passes(Machine machine) {
      Counting.endlessly(machine);
    }
  }

  @Test
  void saysWhenNotEveryScheduleWasRun() {
    Runs.of(Incompletes.class).testEvents().assertStatistics(tests -> tests.failed(1).aborted(1).succeeded(1));
    String message = Runs.message(Incompletes.class);
    assertTrue(message.contains("clean within its budget, not verified: "), message);
    assertEquals(1, message.lines().count(), message);
    assertEquals(1, Runs.of(Incompletes.class).allEvents().reportingEntryPublished().count());
  }

  static class OnOneProcessor {
    @RaceHunt(processors = 1)
    void has(Machine machine) {
      machine.startThread("Counter", () -> assertEquals(1, machine.processors().size()));
    }
  }

  @Test
  void theMachineHasTheProcessors() {
    Runs.of(OnOneProcessor.class).testEvents().assertStatistics(tests -> tests.succeeded(1));
  }

  static class Live {
    @RaceHunt(strategy = RaceHunt.LIVE, live = 10_000, seed = 7)
    void loses(Machine machine) {
      Counting.readThenWrite(machine, 2);
    }
  }

  @Test
  void whatIsFoundOnRealThreadsIsExplained() {
    String message = Runs.message(Live.class);
    assertTrue(message.contains("---- Count 0 is preempted ---"), message);
    assertTrue(message.contains("\nlive       found on live threads, seed 7, round "), message);
  }

  static class Drawn {
    @RaceHunt(strategy = "pct:2", seed = 3)
    void loses(Machine machine) {
      Counting.readThenWrite(machine, 2);
    }

    @RaceHunt(strategy = "pos", schedules = 20)
    void counts(Machine machine) {
      Counting.interlocked(machine, 2);
    }
  }

  @Test
  void aStrategyThatDrawsIsNotIncomplete() {
    Runs.of(Drawn.class).testEvents().assertStatistics(tests -> tests.failed(1).succeeded(1));
    assertTrue(Runs.message(Drawn.class).contains("found      pct:2"), () -> Runs.message(Drawn.class));
  }

  static class LiveToo {
    @RaceHunt(live = 20)
    void counts(Machine machine) {
      Counting.interlocked(machine, 2);
    }
  }

  @Test
  void passesLiveToo() {
    Runs.of(LiveToo.class).testEvents().assertStatistics(tests -> tests.succeeded(1));
  }

  static class Forgetting {
    @RaceHunt
    void loses(Machine machine) {
      IoManager io = IoManager.of(machine);
      DriverObject driver =
          new DriverObject("driver")
              .setMajorFunction(
                  MajorFunction.IRP_MJ_READ,
                  (device, irp) -> {
                    irp.markPending();
                    irp.cancel();
                    return NtStatus.STATUS_PENDING;
                  });
      Irp irp =
          io.buildRequest(new FileObject("file", io.createDevice(driver, "device", null)), MajorFunction.IRP_MJ_READ);
      machine.startThread("Read", () -> io.callDriver(irp.nextStackLocation().fileObject().deviceObject(), irp));
      machine.startThread("Cancel", () -> io.cancelIrp(irp));
    }
  }

  @Test
  void whereNothingIsThrownInTheModelTheStackTraceShowsItsDecisiveLines() {
    Throwable failure = Runs.failure(Forgetting.class);
    StackTraceElement[] frames = failure.getStackTrace();
    assertEquals("RaceHuntTest.java", frames[0].getFileName(), () -> Arrays.toString(frames));
    assertTrue(frames[0].getLineNumber() > 0);
    assertEquals("loses", frames[frames.length - 1].getMethodName());
  }

  static class Throwing {
    @RaceHunt
    void throwsInTheSetup(Machine machine) throws Exception {
      throw new java.io.IOException("no such file");
    }
  }

  @Test
  void anExceptionOfTheModelIsShownWithItsLine() {
    Throwable failure = Runs.failure(Throwing.class);
    assertTrue(String.valueOf(failure.getMessage()).contains("java.io.IOException: no such file"), failure::getMessage);
    assertEquals("throwsInTheSetup", failure.getStackTrace()[0].getMethodName());
    assertTrue(failure.getStackTrace()[0].getLineNumber() > 0);
  }

  static class Assuming {
    @RaceHunt
    void assumes(Machine machine) {
      assumeTrue(machine.processors().size() > 100, "few processors");
    }
  }

  @Test
  void anAssumptionAborts() {
    Runs.of(Assuming.class).testEvents().assertStatistics(tests -> tests.aborted(1).failed(0));
  }

  static class Monitored {
    @RaceHunt
    void locksWithTheJvm(Machine machine) {
      Object lock = new Object();
      Runnable step =
          () -> {
            synchronized (lock) {
              Counting.step();
            }
          };
      machine.startThread("One", step);
    }
  }

  @Test
  void aModelThatCannotBeHuntedInIsAnError() {
    Throwable failure = Runs.failure(Monitored.class);
    assertInstanceOf(IllegalStateException.class, failure);
    assertTrue(String.valueOf(failure.getMessage()).contains("inside synchronized"), failure::getMessage);
  }

  static class Asked {
    @RaceHunt(seconds = 0)
    void forNoTime(Machine machine) {
      fail("not to be called");
    }

    @RaceHunt(strategy = "chance")
    void forNothing(Machine machine) {
      fail("not to be called");
    }
  }

  @Test
  void attributesThatMeanNothingAreRefusedInOneLine() {
    assertTrue(
        Runs.failures(Runs.of(Asked.class)).stream()
            .map(Throwable::getMessage)
            .allMatch(text -> text.startsWith("@RaceHunt of RaceHuntTest.Asked.") && text.lines().count() == 1));
    assertEquals(2, Runs.failures(Runs.of(Asked.class)).size());
  }
}
