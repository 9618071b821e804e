package org.cancelsafe.testkit;

import java.util.function.Supplier;
import org.cancelsafe.hunter.scenario.Scenario;

/** A client program as a scenario, to be explored. */
final class ClientScenario {
  private ClientScenario() {}

  /**
   * The scenario.
   *
   * @param queues makes an empty queue
   * @param before how many of the threads, from the first, are done with before the others race
   */
  static Scenario of(
      String name, Supplier<? extends QueueUnderTest> queues, Terms terms, ClientProgram program, int before) {
    return Scenario.named(name)
        .about("clients of a queue")
        .model(
            machine -> {
              ClientRun run = new ClientRun(queues.get(), terms, program, machine);
              run.setUp(before);
              machine.afterwards(
                  () -> {
                    run.drain();
                    run.judge();
                  });
            });
  }
}
