package org.cancelsafe.testkit;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.machine.Machine;

/** One run of a program on a queue, on a live machine of its own: all clients set off together. */
final class HammerRun {

  private final Supplier<? extends QueueUnderTest> queues;
  private final Terms terms;
  private final ClientProgram program;
  private final Machine machine;
  private final KEvent go = new KEvent("go", KEvent.Type.NOTIFICATION_EVENT, false);
  private final InterlockedLong missing;

  HammerRun(Supplier<? extends QueueUnderTest> queues, Terms terms, ClientProgram program, Machine machine) {
    this.queues = queues;
    this.terms = terms;
    this.program = program;
    this.machine = machine;
    this.missing = new InterlockedLong("missing", program.threads().size());
  }

  void run() {
    AtomicReference<ClientRun> made = new AtomicReference<>();
    machine.boot(
        () -> {
          ClientRun run = new ClientRun(queues.get(), terms, program, machine).startingWith(this::awaitTheOthers);
          made.set(run);
          run.setUp(0);
        });
    Rest.await(machine, "the clients");
    ClientRun clients = made.get();
    machine.startThread("drain", clients::drain);
    Rest.await(machine, "draining the queue");
    clients.judge();
  }

  private void awaitTheOthers() {
    if (missing.decrement() == 0) {
      go.set();
    }
    go.waitForSingleObject();
  }
}
