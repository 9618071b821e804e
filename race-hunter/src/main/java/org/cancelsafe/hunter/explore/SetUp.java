package org.cancelsafe.hunter.explore;

import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/** Sets a scenario's model up. What it throws there, before anything runs at once, is a mistake in the model. */
public final class SetUp {
  private final Scenario scenario;
  private @Nullable Throwable thrown;

  /** Of this scenario, once. */
  public SetUp(Scenario scenario) {
    this.scenario = scenario;
  }

  /** Sets the model up on this machine, which boots. */
  public void run(Machine machine) {
    try {
      scenario.model().setUp(machine);
    } catch (Throwable e) {
      thrown = machine.failure() == null ? e : null;
      throw e;
    }
  }

  /** What a run ended with, whose machine has failed with this. */
  public Finding finding(Throwable failure) {
    return thrown == null ? Finding.of(failure) : Finding.ofSetUp(scenario, thrown);
  }
}
