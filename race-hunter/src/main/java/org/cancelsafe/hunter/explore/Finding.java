package org.cancelsafe.hunter.explore;

import org.cancelsafe.emu.machine.DataRace;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.NotOnMachine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/** What a run ended with when it did not end well. */
public final class Finding {
  private static final String UNHANDLED = "UnhandledException";

  private final String rule;
  private final String message;
  private final Throwable cause;
  private final boolean ofSetUp;

  private Finding(String rule, String message, Throwable cause) {
    this(rule, message, cause, false);
  }

  private Finding(String rule, String message, Throwable cause, boolean ofSetUp) {
    this.ofSetUp = ofSetUp;
    this.rule = rule;
    this.message = message;
    this.cause = cause;
  }

  /** The finding that this is, or that it comes of: of an error of the model everything else is a consequence. */
  public static Finding of(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      Finding error = errorOfModel(cause);
      if (error != null) {
        return error;
      }
    }
    return otherwise(thrown);
  }

  private static @Nullable Finding errorOfModel(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    if (cause instanceof JvmLocks.Held) {
      return new Finding("JvmMonitorHeld", message, cause);
    }
    if (cause instanceof Blocked) {
      return new Finding("BlockedOutsideMachine", message, cause);
    }
    if (cause instanceof StopCaught) {
      return new Finding("StopCaught", message, cause);
    }
    if (cause instanceof OwnThreads.Made) {
      return new Finding("OwnThread", message, cause);
    }
    if (cause instanceof NotOnMachine) {
      String site = SourceSites.of(cause);
      return new Finding("OwnThread", site == null ? message : message + ", at " + site, cause);
    }
    if (cause instanceof Nondeterminism) {
      return new Finding("Nondeterminism", message, cause);
    }
    return null;
  }

  private static Finding otherwise(Throwable cause) {
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
    return ofSetUp || errorOfModel(cause) != null;
  }

  /** Whether it is the set-up that failed, before anything ran. */
  public boolean isOfSetUp() {
    return ofSetUp;
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
