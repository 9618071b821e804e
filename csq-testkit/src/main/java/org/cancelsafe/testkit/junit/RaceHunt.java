package org.cancelsafe.testkit.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.cancelsafe.emu.machine.Machine;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;

/**
 * A test that hunts for races. The method sets a model up on the {@link Machine} it is given and starts the threads
 * that race; the hunter runs it again for every schedule. The test passes when every inequivalent schedule went well,
 * and fails with the smallest counterexample: the failure's message is the trace.
 *
 * <pre>{@code
 * @RaceHunt
 * void readAndCancel(Machine machine) {
 *   IoManager io = IoManager.of(machine);
 *   ...
 *   machine.startThread("Dispatch", () -> io.callDriver(device, irp));
 *   machine.startThread("Cancel", () -> io.cancelIrp(irp));
 *   machine.afterwards(() -> assertEquals(STATUS_CANCELLED, irp.userIosb().status()));
 * }
 * }</pre>
 *
 * <p>JUnit's assertions, or any others, work in the threads and in {@link Machine#afterwards}. Everything that changes
 * is made in the method: fields of the test and what {@code @BeforeEach} makes are there once for all schedules. Apart
 * from its machine a model is deterministic.
 *
 * <p>This is a parameterised test: with {@code @ValueSource}, {@code @MethodSource} or any other source of arguments it
 * is one hunt for each, and the {@link Machine} is the last parameter. Without a source it is one hunt. Reports go to
 * the directory {@code target/race-hunt}, or to the one that JUnit's configuration parameter {@code cancelsafe.reports}
 * names.
 */
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith({SignatureCheck.class, RaceHuntExtension.class})
@ParameterizedTest(name = "{displayName} {argumentsWithNames}")
@ArgumentsSource(OneHunt.class)
public @interface RaceHunt {
  /** For {@link #expectRace}: whatever rule it breaks. */
  String ANY_RULE = "*";

  /** For {@link #strategy}: on real threads. */
  String LIVE = "live";

  /** How many processors the machine has. */
  int processors() default Machine.DEFAULT_PROCESSORS;

  /** How many seconds exploring may take. */
  int seconds() default 10;

  /** How many schedules exploring may run. */
  long schedules() default Long.MAX_VALUE;

  /**
   * How the test looks for races. It explores: {@code "auto"}, schedules with few preemptions first, then every
   * inequivalent one; {@code "dpor"}, every inequivalent one; {@code "dfs"}, every one; {@code "pct:3"}, {@code "pos"}
   * or {@code "random"}, some drawn from the seed. Or, as {@link #LIVE}, it hammers on real threads with noise, and
   * what it finds is explored, to show it as a trace.
   */
  String strategy() default "auto";

  /**
   * How many rounds on real threads the test hammers: after exploring found nothing, or at once when its strategy is
   * {@link #LIVE}. 0, as it is unless given, means none for a test that explores and 1000 for another.
   */
  int live() default 0;

  /** Where chance comes from: of strategies that draw schedules, and the noise of each round on real threads. */
  long seed() default 1;

  /**
   * The rule that a race breaks which must be there: {@code "CancelledIrpNotCompleted"}, for one, or {@link #ANY_RULE}.
   * The test fails when no race is found, or another one. Empty, as it is unless given, when there must be no race.
   */
  String expectRace() default "";

  /** A replay string, as a trace shows it: the test runs this one schedule and no other. */
  String replay() default "";

  /** What it means when the budget was spent before the schedules were, and no race was found. */
  Incomplete incomplete() default Incomplete.FAIL;
}
