package org.cancelsafe.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.sessions.JqwikSession;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.Budget;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.scenario.Scenario;

/** Programs of several threads: small ones explored, large ones hammered. */
final class Concurrent {
  private static final int SCHEDULES = 20_000;
  private static final Budget EXPLAINING = new Budget(Duration.ofSeconds(3), 50_000);
  private static final int HAMMERED = 80;

  private final CsqContract contract;
  private final boolean byFile;

  Concurrent(CsqContract contract) {
    this.contract = contract;
    this.byFile = new Sequences(contract).hasPeekContexts();
  }

  /** The programs that fit the queue. */
  Stream<SmallPrograms.Race> programs() {
    return SmallPrograms.all().stream()
        .filter(race -> byFile || !race.usesFiles())
        .filter(race -> race.program().inserts().size() <= contract.capacity() || contract.mayDecline());
  }

  void explore(SmallPrograms.Race race) {
    try {
      Explored.check(scenario(race.program(), race.before()), SCHEDULES);
    } catch (ContractViolation e) {
      throw e.in(described(race.program(), race.before()));
    }
  }

  private Scenario scenario(ClientProgram program, int before) {
    return ClientScenario.of(
        "contract",
        Machine.DEFAULT_PROCESSORS,
        () -> new CheckedQueue(contract, contract.terms()),
        contract.terms(),
        program,
        before);
  }

  private static String described(ClientProgram program, int before) {
    return (before > 0 ? "program, client 0 before the others:\n" : "program:\n") + program;
  }

  void hammer() {
    List<ClientProgram> programs = new ArrayList<>();
    JqwikSession.run(
        () -> {
          RandomGenerator<ClientProgram> generator = ClientPrograms.any().generator(1_000, true);
          Random random = new Random(1);
          Stream.generate(() -> generator.next(random).value())
              .filter(this::fits)
              .limit(HAMMERED)
              .forEach(programs::add);
        });
    for (int seed = 1; seed <= programs.size(); seed++) {
      hammer(programs.get(seed - 1), seed);
    }
  }

  private boolean fits(ClientProgram program) {
    boolean files =
        program.threads().stream()
            .flatMap(operations -> operations.stream())
            .anyMatch(SmallPrograms::usesFiles);
    return (byFile || !files) && (program.inserts().size() <= contract.capacity() || contract.mayDecline());
  }

  private void hammer(ClientProgram program, long seed) {
    try (Machine machine = Rest.machine().noise(seed).build()) {
      new HammerRun(() -> new CheckedQueue(contract, contract.terms()), contract.terms(), program, machine).run();
    } catch (ContractViolation e) {
      String explained = e.isHang() ? "" : "\n" + explained(program);
      throw e.in("on real threads, with seed " + seed + "\n" + described(program, 0) + explained);
    }
  }

  /** The same program explored, for the trace. */
  private String explained(ClientProgram program) {
    Report report = Hunter.explore(scenario(program, 0), EXPLAINING);
    return report.verdict() == Verdict.RACE
        ? "explored, it shows:\n" + Explored.text(report)
        : "exploring the program does not show it: " + report.verdict() + ", " + report.schedules() + " schedules";
  }
}
