package org.cancelsafe.emu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.function.Consumer;
import org.cancelsafe.emu.machine.LiveMachineBuilder;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;

/** Runs a body on a live machine and brings that to its end. */
public final class LiveRun {
  private static final Duration LONGEST = Duration.ofSeconds(20);

  private LiveRun() {}

  /** On a machine of the usual size; nothing may go wrong, and nobody may be left waiting. */
  public static void onMachine(Consumer<Machine> body) {
    onMachine(Machine.live(), body);
  }

  /** On a machine with this many processors. */
  public static void onProcessors(int count, Consumer<Machine> body) {
    onMachine(Machine.live().processors(count), body);
  }

  /** On this machine. */
  public static void onMachine(LiveMachineBuilder builder, Consumer<Machine> body) {
    try (Machine machine = builder.build()) {
      machine.run(() -> body.accept(machine));
      toRest(machine);
      machine.boot(machine.end()::checkWaiters);
      assertEquals(null, machine.failure());
    }
  }

  /** The bug check that breaking this rule stops the machine with; every thread must have ended then. */
  public static BugCheck stopsWith(Rule rule, Consumer<Machine> body) {
    return stopsWith(rule, Machine.live(), body);
  }

  /** The bug check that breaking this rule stops this machine with. */
  public static BugCheck stopsWith(Rule rule, LiveMachineBuilder builder, Consumer<Machine> body) {
    try (Machine machine = builder.build()) {
      assertThrows(
          BugCheck.class,
          () -> {
            machine.run(() -> body.accept(machine));
            toRest(machine);
            machine.boot(machine.end()::checkWaiters);
            machine.run(() -> {});
          });
      toRest(machine);
      BugCheck bugCheck = assertInstanceOf(BugCheck.class, machine.failure());
      assertEquals(rule, bugCheck.rule(), bugCheck.getMessage());
      return bugCheck;
    }
  }

  /** Waits until every thread has ended, or waits for what nobody will do. */
  public static void toRest(Machine machine) {
    assertTrue(machine.awaitRest(LONGEST), "the machine does not come to rest");
  }

  /** Stops a machine before its time. */
  public static void switchOff(Machine machine) {
    machine.close();
  }
}
