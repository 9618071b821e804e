package org.cancelsafe.testkit.contract;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;
import org.cancelsafe.csq.CsqCallbacks;
import org.cancelsafe.testkit.Clause;
import org.cancelsafe.testkit.contract.ContractRun.Terms;

/**
 * A queue that breaks the contract.
 *
 * @param name what is wrong with it
 * @param terms what it says of itself
 * @param clauses one of these must be named
 */
record Broken(String name, Terms terms, Set<Clause> clauses) {
  static Broken of(String name, Supplier<? extends CsqCallbacks> callbacks, Clause clause, Clause... others) {
    return new Broken(name, new Terms(callbacks), EnumSet.of(clause, others));
  }

  @Override
  public String toString() {
    return name;
  }
}
