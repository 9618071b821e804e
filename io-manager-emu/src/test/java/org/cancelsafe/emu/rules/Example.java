package org.cancelsafe.emu.rules;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.cancelsafe.emu.machine.LiveMachineBuilder;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.Rule;

/**
 * A rule, code that breaks it, and code that does the same job and does not.
 *
 * @param rule the rule
 * @param machine what both run on
 * @param broken what the machine stops for
 * @param correct what the machine is silent on
 */
record Example(
    Rule rule, Supplier<LiveMachineBuilder> machine, Consumer<Machine> broken, Consumer<Machine> correct) {
  static Example of(Rule rule, Consumer<Machine> broken, Consumer<Machine> correct) {
    return new Example(rule, Machine::live, broken, correct);
  }

  /** On a machine like this. */
  Example on(Supplier<LiveMachineBuilder> other) {
    return new Example(rule, other, broken, correct);
  }

  @Override
  public String toString() {
    return rule.name();
  }
}
