package org.cancelsafe.testkit;

import org.cancelsafe.emu.machine.DataRace;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.hunter.explore.NoProgress;
import org.cancelsafe.hunter.explore.UnorderedUse;

/** Callbacks broke a clause of the contract. */
public final class ContractViolation extends AssertionError {
  private static final long serialVersionUID = 1L;

  private final Clause clause;
  private final String how;
  private final String where;

  ContractViolation(Clause clause, String how) {
    super(how + "; clause " + clause + ": " + clause.text());
    this.clause = clause;
    this.how = how;
    this.where = "";
  }

  ContractViolation(Clause clause, String how, Throwable cause) {
    this(clause, how);
    initCause(cause);
  }

  private ContractViolation(ContractViolation violation, String where) {
    super(
        violation.how + "\nclause " + violation.clause + ": " + violation.clause.text() + "\n" + where,
        violation.getCause());
    this.clause = violation.clause;
    this.how = violation.how;
    this.where = where;
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
    if (cause instanceof DataRace || cause instanceof UnorderedUse) {
      return new ContractViolation(Clause.OWNERSHIP, message, cause);
    }
    if (cause instanceof NoProgress) {
      return new ContractViolation(Clause.PROGRESS, message, cause);
    }
    return new ContractViolation(Clause.NO_EXCEPTION, cause.toString(), cause);
  }

  /** Code under test did not come to an end, and may run on for ever. */
  static ContractViolation hang(String how) {
    return new ContractViolation(Clause.PROGRESS, how, new Hang());
  }

  private static final class Hang extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Hang() {
      super("there was no end to wait for", null, false, false);
    }
  }

  boolean isHang() {
    return getCause() instanceof Hang;
  }

  /** The same violation, with more on where it happened, which goes before what was said of that already. */
  ContractViolation in(String where) {
    return new ContractViolation(this, this.where.isEmpty() ? where : where + "\n" + this.where);
  }

  /** The clause. */
  public Clause clause() {
    return clause;
  }
}
