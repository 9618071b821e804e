package org.cancelsafe.testkit;

import java.time.Duration;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.cancelsafe.csq.CsqCallbacks;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.Budget;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.ReplayString;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.scenario.Scenario;

/**
 * Runs programs on a queue, on real threads with delays at their steps, and says what went wrong. After each program
 * every IRP is completed, once, with the right status; what was cancelled is not queued; what is still queued comes
 * out; the IRPs of one client come out in the order the queue promises; no call returned with a lock or another IRQL.
 * Every other client works at DISPATCH_LEVEL, so the queue's lock must be one that does not wait.
 *
 * <p>A program can also be explored: then every schedule of it is run, and what is wrong is shown as a trace. What goes
 * wrong on real threads is handed to the explorer, which shows it, if it finds it in the same program soon enough. As a
 * property shrinks its program first, and the explorer its schedule second, both are small in the end.
 *
 * <pre>{@code
 * private final QueueHammer hammer = QueueHammer.ofCallbacks(MyCallbacks::new, Order.FIFO);
 *
 * @Property(tries = 200)
 * void myQueue(@ForAll("programs") ClientProgram program, @ForAll long seed) {
 *   hammer.run(program, seed);
 * }
 *
 * @Provide
 * Arbitrary<ClientProgram> programs() {
 *   return ClientPrograms.any();
 * }
 * }</pre>
 */
public final class QueueHammer {
  private static final Budget EXPLAINING = new Budget(Duration.ofMillis(500), 50_000);

  private static final Pattern REPLAY = Pattern.compile("^replay +\\./csq replay (\\S+)$", Pattern.MULTILINE);

  private final Supplier<? extends QueueUnderTest> queues;
  private final Terms terms;
  private final int processors;

  private QueueHammer(Supplier<? extends QueueUnderTest> queues, Terms terms, int processors) {
    this.queues = queues;
    this.terms = terms;
    this.processors = processors;
  }

  /**
   * For queues with these callbacks.
   *
   * @param callbacks makes the callbacks of an empty queue
   * @param order what the queue promises; for {@link Order#PRIORITY}, by the {@code length} of the stack location
   */
  public static QueueHammer ofCallbacks(Supplier<? extends CsqCallbacks> callbacks, Order order) {
    return ofQueues(() -> QueueUnderTest.of(callbacks.get()), order);
  }

  /**
   * For queues of any kind.
   *
   * @param queues makes an empty queue
   * @param order what the queue promises; for {@link Order#PRIORITY}, by the {@code length} of the stack location
   */
  public static QueueHammer ofQueues(Supplier<? extends QueueUnderTest> queues, Order order) {
    return new QueueHammer(queues, Terms.of(order), Machine.DEFAULT_PROCESSORS);
  }

  /** The same on machines with so many processors. */
  public QueueHammer processors(int count) {
    return new QueueHammer(queues, terms, count);
  }

  /**
   * Runs a program on an empty queue.
   *
   * @param seed of the delays; the same program and seed make a failure likely again, not certain
   * @throws AssertionError when anything is wrong: with what it was, the program, the seed, and the trace if exploring
   *     the program shows the like
   */
  public void run(ClientProgram program, long seed) {
    try (Machine machine = Rest.machine().processors(processors).noise(seed).build()) {
      new HammerRun(queues, terms, program, machine).run();
    } catch (RuntimeException | Error e) {
      Report explained = Hunter.explore(scenario(program), EXPLAINING);
      throw new AssertionError(
          e.getMessage() + "\nprogram, run with seed " + seed + ":\n" + program
              + (explained.verdict() == Verdict.RACE ? "\nexplored:\n" + ReportText.of(explained) : ""),
          e);
    }
  }

  /**
   * Explores a program on an empty queue. When the budget is spent before every schedule was run, the report says so.
   *
   * @return the report of a program in which nothing is wrong
   * @throws AssertionError when anything is wrong: with the program and the trace
   */
  public Report explore(ClientProgram program, Budget budget) {
    return checked(program, Hunter.explore(scenario(program), budget));
  }

  /**
   * Runs one schedule of a program again.
   *
   * @param replay the string that a trace of the same program shows
   * @throws AssertionError when anything is wrong: with the program and the trace
   */
  public Report replay(ClientProgram program, String replay) {
    return checked(program, Hunter.replay(scenario(program), ReplayString.parse(replay)));
  }

  private static Report checked(ClientProgram program, Report report) {
    if (report.finding() != null) {
      throw new AssertionError(
          report.finding().message() + "\nprogram:\n" + program + "\n" + text(report),
          report.finding().cause());
    }
    return report;
  }

  /** The report, with how to replay it from a test instead of from the shell. */
  private static String text(Report report) {
    return REPLAY.matcher(ReportText.of(report)).replaceAll("replay     QueueHammer.replay(program, \"$1\")");
  }

  private Scenario scenario(ClientProgram program) {
    return ClientScenario.of("clients", processors, queues, terms, program, 0);
  }
}
