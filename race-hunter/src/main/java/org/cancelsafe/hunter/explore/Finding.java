package org.cancelsafe.hunter.explore;

import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.hunter.scenario.Scenario;

/** What a run ended with when it did not end well. */
public final class Finding {
  private static final String UNHANDLED = "UnhandledException";

  private final String rule;
  private final String message;
  private final Throwable cause;
  private final boolean ofModel;

  private Finding(String rule, String message, Throwable cause) {
    this(rule, message, cause, false);
  }

  private Finding(String rule, String message, Throwable cause, boolean ofModel) {
    this.ofModel = ofModel;
    this.rule = rule;
    this.message = message;
    this.cause = cause;
  }

  /** The finding that this is. */
  public static Finding of(Throwable cause) {
    if (cause instanceof BugCheck bugCheck) {
      return new Finding(bugCheck.rule().ruleName(), bugCheck.explanation(), cause);
    }
    if (cause instanceof DataRace) {
      return new Finding("DataRace", String.valueOf(cause.getMessage()), cause);
    }
    if (cause instanceof UnorderedUse) {
      return new Finding(Rule.IRP_TOUCHED_AFTER_COMPLETION.ruleName(), String.valueOf(cause.getMessage()), cause);
    }
    if (cause instanceof NoProgress) {
      return new Finding("NoProgress", String.valueOf(cause.getMessage()), cause);
    }
    if (cause instanceof AssertionError) {
      String message = cause.getMessage();
      return new Finding("AssertionFailed", message == null || message.isBlank() ? cause.toString() : message, cause);
    }
    if (cause instanceof JvmLocks.Held) {
      return new Finding("JvmMonitorHeld", String.valueOf(cause.getMessage()), cause);
    }
    if (cause instanceof Blocked) {
      return new Finding("BlockedOutsideMachine", String.valueOf(cause.getMessage()), cause);
    }
    if (cause instanceof OwnThreads.Made) {
      return new Finding("OwnThread", String.valueOf(cause.getMessage()), cause);
    }
    if (cause instanceof Nondeterminism) {
      return new Finding("Nondeterminism", String.valueOf(cause.getMessage()), cause);
    }
    return new Finding(UNHANDLED, cause.toString(), cause);
  }

  /** The finding that this was thrown in the set-up: a mistake of the model, unless it says itself what it is. */
  static Finding ofSetUp(Scenario scenario, Throwable cause) {
    Finding finding = of(cause);
    if (!finding.rule.equals(UNHANDLED)) {
      return finding;
    }
    String site = SourceSites.of(cause);
    return new Finding(
        "SetUpFailed",
        "the set-up of " + scenario + " threw " + cause + (site == null ? "" : ", at " + site),
        cause,
        true);
  }

  /** The finding that nothing was started, so that whatever is said of the schedules is said of nothing. */
  static Finding nothingStarted(Scenario scenario) {
    String message =
        "scenario " + scenario + " starts no activity, so there is nothing to hunt in: in its set-up, start what races"
            + " with machine.startThread, queue a DPC or set a timer";
    return new Finding("NothingStarted", message, new IllegalStateException(message), true);
  }

  /** The finding that the same schedule went another way when it was run again. */
  public static Finding nondeterminism(String what) {
    return of(new Nondeterminism(what));
  }

  /** Whether the same rule is broken, about the same thing. */
  public boolean isSameAs(Finding other) {
    return rule.equals(other.rule) && subject().equals(other.subject());
  }

  private String subject() {
    if (cause instanceof DataRace race) {
      return race.cell().toString();
    }
    if (cause instanceof UnorderedUse use) {
      return use.object().toString();
    }
    if (cause instanceof BugCheck bugCheck) {
      return bugCheck.parameters().stream()
          .filter(MachineObject.class::isInstance)
          .findFirst()
          .map(Object::toString)
          .orElse("");
    }
    return "";
  }

  /** Whether this is about how the model is written, and no race. */
  public boolean isErrorOfModel() {
    return ofModel
        || cause instanceof JvmLocks.Held
        || cause instanceof Blocked
        || cause instanceof OwnThreads.Made
        || cause instanceof Nondeterminism;
  }

  /** Whether it is the set-up that failed, before anything ran. */
  public boolean isOfSetUp() {
    return ofModel;
  }

  /** Whether nothing went wrong yet: spin locks were taken in orders that can hang. */
  public boolean isLockOrder() {
    return cause instanceof BugCheck bugCheck && bugCheck.rule() == Rule.LOCK_ORDER;
  }

  /** Whether nothing went wrong yet, and it was luck: another schedule, if one is possible, goes wrong. */
  public boolean isPossibility() {
    return isLockOrder() || cause instanceof UnorderedUse;
  }

  /** The rule that was broken. */
  public String rule() {
    return rule;
  }

  /** What happened, in words. */
  public String message() {
    return message;
  }

  /** What was thrown. */
  public Throwable cause() {
    return cause;
  }
}
