package org.cancelsafe.testkit;

import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.hunter.explore.DataRace;
import org.cancelsafe.hunter.explore.NoProgress;

/** Callbacks broke a clause of the contract. */
public final class ContractViolation extends AssertionError {
  private static final long serialVersionUID = 1L;

  private final Clause clause;

  ContractViolation(Clause clause, String how) {
    super(how + "\nclause " + clause + ": " + clause.text());
    this.clause = clause;
  }

  ContractViolation(Clause clause, String how, Throwable cause) {
    this(clause, how);
    initCause(cause);
  }

  private ContractViolation(ContractViolation violation, String where) {
    super(violation.getMessage() + "\n" + where, violation.getCause());
    this.clause = violation.clause;
    setStackTrace(violation.getStackTrace());
  }

  /** The violation that this is, whatever it was noticed by. */
  static ContractViolation of(Throwable cause) {
    if (cause instanceof ContractViolation violation) {
      return violation;
    }
    String message = String.valueOf(cause.getMessage());
    if (cause instanceof BugCheck bugCheck) {
      return new ContractViolation(Clause.of(bugCheck), message, cause);
    }
    if (cause instanceof DataRace) {
      return new ContractViolation(Clause.OWNERSHIP, message, cause);
    }
    if (cause instanceof NoProgress) {
      return new ContractViolation(Clause.PROGRESS, message, cause);
    }
    return new ContractViolation(Clause.NO_EXCEPTION, cause.toString(), cause);
  }

  /** The same violation, with more on where it happened. */
  ContractViolation in(String where) {
    return new ContractViolation(this, where);
  }

  /** The clause. */
  public Clause clause() {
    return clause;
  }
}
