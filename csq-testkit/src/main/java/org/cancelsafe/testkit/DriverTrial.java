package org.cancelsafe.testkit;

import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.Hammer;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.scenario.Scenario;

/** Runs programs on drivers. */
final class DriverTrial {
  private static final int SCHEDULES = 20_000;
  private static final int ROUNDS = 20;

  private final DriverContract contract;

  DriverTrial(DriverContract contract) {
    this.contract = contract;
  }

  private Scenario scenario(DriverProgram program) {
    return Scenario.named("driver").about("clients of a driver").model(machine -> setUp(program, machine));
  }

  private void setUp(DriverProgram program, Machine machine) {
    new DriverRun(contract, program, machine).setUp();
  }

  void hammer(DriverProgram program) {
    Hammer hammer = new Hammer(scenario(program), 1);
    hammer.hammer(ROUNDS);
    Finding finding = hammer.report().finding();
    if (finding != null) {
      throw ContractViolation.of(finding.cause()).in("on real threads\n" + program);
    }
  }

  void explore(DriverProgram program) {
    try {
      Explored.check(scenario(program), SCHEDULES);
    } catch (ContractViolation e) {
      throw e.in(program.toString());
    }
  }
}
