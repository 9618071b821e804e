package org.cancelsafe.testkit;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;

/** Operations of one thread, on a machine of their own. */
final class SequenceRun {
  private final CsqContract contract;
  private final boolean audited;

  /**
   * Runs of this queue.
   *
   * @param audited whether each operation is followed by a walk through the structure
   */
  SequenceRun(CsqContract contract, boolean audited) {
    this.contract = contract;
    this.audited = audited;
  }

  /** Runs these operations at this IRQL, drains the queue, and judges what became of each request. */
  ClientRun run(List<Operation> operations, Irql irql) {
    ClientProgram program = new ClientProgram(ImmutableList.of(ImmutableList.copyOf(operations)));
    try (Machine machine = Rest.machine().build()) {
      AtomicReference<ClientRun> made = new AtomicReference<>();
      machine.boot(
          () -> {
            CheckedQueue queue = new CheckedQueue(contract, contract.terms()).audited(audited);
            ClientRun run = new ClientRun(queue, contract.terms(), program, machine).at(thread -> irql);
            made.set(run);
            run.setUp(0);
          });
      Rest.await(machine, "the sequence of operations");
      ClientRun run = made.get();
      machine.startThread("drain", run::drain);
      Rest.await(machine, "draining the queue");
      run.judge();
      return run;
    } catch (ContractViolation e) {
      throw e.in("operations at " + irql + ":\n" + program);
    }
  }
}
