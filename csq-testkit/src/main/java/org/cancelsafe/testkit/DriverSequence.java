package org.cancelsafe.testkit;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.cancelsafe.emu.machine.Machine;

/**
 * Operations of one thread on a driver. Afterwards the hardware serves as often as there were requests, each time until
 * the machine rests: then nothing is pending.
 */
final class DriverSequence {
  private final DriverContract contract;

  DriverSequence(DriverContract contract) {
    this.contract = contract;
  }

  void run(List<DriverOperation> operations) {
    DriverProgram program = DriverProgram.inSequence(operations);
    try (Machine machine = Rest.machine().build()) {
      AtomicReference<DriverRun> made = new AtomicReference<>();
      machine.boot(
          () -> {
            DriverRun run = new DriverRun(contract, program, machine);
            run.prepare();
            made.set(run);
          });
      DriverRun run = made.get();
      machine.startThread("client", run::performFirst);
      Rest.awaitOutside(machine, "the sequence of operations");
      run.judgeUnserved();
      for (int i = 0; i < program.sends().size(); i++) {
        machine.startThread("serve", run::serve);
        Rest.awaitOutside(machine, "serve()");
      }
      Rest.await(machine, "the sequence of operations, when all was served,");
      run.judgeServed();
    } catch (ContractViolation e) {
      throw e.in(program.toString());
    }
  }
}
