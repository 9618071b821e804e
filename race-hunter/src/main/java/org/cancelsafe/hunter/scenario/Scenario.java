package org.cancelsafe.hunter.scenario;

import static java.util.Objects.requireNonNull;

import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.Verifier;

/**
 * Something to hunt in: a model, and what is expected of it.
 *
 * <p>The model sets up drivers, devices and IRPs, and starts the threads that race with {@link Machine#startThread};
 * they begin when the setup is done. Apart from the machine it must be deterministic: it is run again for every
 * schedule.
 *
 * <pre>{@code
 * Scenario.named("lost-cancel")
 *     .about("tests Cancel before arming")
 *     .expectingRace("CancelledIrpNotCompleted")
 *     .model(machine -> {
 *       IoManager io = IoManager.of(machine);
 *       ...
 *       machine.startThread("Dispatch", () -> io.callDriver(device, irp));
 *       machine.startThread("Cancel", () -> io.cancelIrp(irp));
 *     });
 * }</pre>
 */
public final class Scenario {
  private final String name;
  private final String about;
  private final Expectation expectation;
  private final String rule;
  private final int processors;
  private final Verifier verifier;
  private final boolean lowResources;
  private final boolean forcePending;
  private final Model model;

  /** What a scenario's author expects of a hunt. */
  public enum Expectation {
    /** There is a race to be found. */
    RACE,
    /** There is none. */
    SAFE
  }

  /** Sets a scenario up on a machine. */
  @FunctionalInterface
  public interface Model {
    /** Sets up; the threads started here begin when this returns. */
    void setUp(Machine machine);
  }

  private Scenario(Builder builder, Model model) {
    this.name = builder.name;
    this.about = builder.about;
    this.expectation = builder.expectation;
    this.rule = builder.rule;
    this.processors = builder.processors;
    this.verifier = builder.verifier;
    this.lowResources = builder.lowResources;
    this.forcePending = builder.forcePending;
    this.model = model;
  }

  /** A scenario with this name, expected to be safe until its builder says otherwise. */
  public static Builder named(String name) {
    return new Builder(requireNonNull(name, "name"));
  }

  /** Its name: no blanks, unique in its catalogue. */
  public String name() {
    return name;
  }

  /** One line on what it shows. */
  public String about() {
    return about;
  }

  /** What is expected of a hunt. */
  public Expectation expectation() {
    return expectation;
  }

  /** The rule that the expected race breaks; empty when any will do, or none is expected. */
  public String rule() {
    return rule;
  }

  /** How many processors its machine has. */
  public int processors() {
    return processors;
  }

  /** How much its machine checks. */
  public Verifier verifier() {
    return verifier;
  }

  /** Whether an allocation of its drivers may fail. */
  public boolean hasLowResources() {
    return lowResources;
  }

  /** Whether a call of IoCallDriver may be forced to pend. */
  public boolean forcesPending() {
    return forcePending;
  }

  /** Its model. */
  public Model model() {
    return model;
  }

  @Override
  public String toString() {
    return name;
  }

  /** What is known of a scenario before its model. */
  public static final class Builder {
    private final String name;
    private String about = "";
    private Expectation expectation = Expectation.SAFE;
    private String rule = "";
    private int processors = Machine.DEFAULT_PROCESSORS;
    private Verifier verifier = Verifier.STANDARD;
    private boolean lowResources;
    private boolean forcePending;

    private Builder(String name) {
      if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
        throw new IllegalArgumentException(
            "a scenario's name is of letters, digits, '.', '-' and '_', not '" + name + "'");
      }
      this.name = name;
    }

    /** One line on what it shows. */
    public Builder about(String about) {
      this.about = requireNonNull(about, "about");
      return this;
    }

    /** There is a race to be found. */
    public Builder expectingRace() {
      return expectingRace("");
    }

    /** There is a race to be found, and it breaks this rule. */
    public Builder expectingRace(String rule) {
      this.expectation = Expectation.RACE;
      this.rule = requireNonNull(rule, "rule");
      return this;
    }

    /** On a machine with this many processors. */
    public Builder processors(int count) {
      if (count < 1) {
        throw new IllegalArgumentException("a machine needs at least one processor, not " + count);
      }
      this.processors = count;
      return this;
    }

    /** Checking this much. */
    public Builder verifier(Verifier verifier) {
      this.verifier = requireNonNull(verifier, "verifier");
      return this;
    }

    /**
     * Any one allocation of the drivers may fail, {@code IoAllocateIrp} and its like, or none: exploring tries each of
     * them in turn, as Driver Verifier's systematic low resources simulation does, and hammering the next one in each
     * round.
     */
    public Builder lowResources() {
      this.lowResources = true;
      return this;
    }

    /**
     * Each call of IoCallDriver that a driver makes may return STATUS_PENDING, whatever the driver below does, and its
     * IRP be completed later: exploring tries every choice of calls, and hammering draws them, as Driver Verifier's
     * Force Pending I/O Requests does. What {@code io.request} and its like send is not a driver's.
     */
    public Builder forcePending() {
      this.forcePending = true;
      return this;
    }

    /**
     * The scenario.
     *
     * @throws IllegalStateException when calls may be forced to pend, and nothing is verified
     */
    public Scenario model(Model model) {
      if (forcePending && verifier == Verifier.OFF) {
        throw new IllegalStateException("forcePending is an option of the verifier, and the verifier is off");
      }
      return new Scenario(this, requireNonNull(model, "model"));
    }
  }
}
