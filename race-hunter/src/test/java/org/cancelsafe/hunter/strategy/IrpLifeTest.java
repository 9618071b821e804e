package org.cancelsafe.hunter.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whether an IRP is still alive is looked at without a step of its own. What is found broken when somebody touches an
 * IRP that somebody else completes is still the same, whether every schedule is run or only the inequivalent ones.
 */
class IrpLifeTest {
  private static Stream<Arguments> touch(String name, Consumer<Irp> touch) {
    return Stream.of(Arguments.of(name, touch, false), Arguments.of(name, touch, true));
  }

  static Stream<Arguments> touches() {
    return Stream.of(
        touch("IoStatus", Irp::status),
        touch("IoStatus written", irp -> irp.setIoStatus(NtStatus.STATUS_CANCELLED, 0)),
        touch("PendingReturned", Irp::pendingReturned),
        touch("IoMarkIrpPending", Irp::markPending),
        touch("ListEntry", irp -> new ListEntry("head").insertTail(irp.listEntry())),
        touch("ListEntry's address", Irp::listEntry),
        touch("DriverContext", irp -> irp.setDriverContext(0, "mine")),
        touch("stack location", Irp::currentStackLocation),
        touch("RequestorMode", Irp::requestorMode),
        touch("SystemBuffer", Irp::systemBuffer),
        touch("CancelIrql", Irp::cancelIrql),
        touch("Cancel", Irp::cancel),
        touch("IoSetCancelRoutine", irp -> irp.setCancelRoutine(null)))
        .flatMap(touches -> touches);
  }

  private static Scenario scenario(Consumer<Irp> touch, boolean stepBefore) {
    return Scenario.named("touch")
        .model(
            machine -> {
              IoManager io = IoManager.of(machine);
              Irp irp = io.allocateIrp(1);
              irp.setNextStackLocation();
              InterlockedLong before = new InterlockedLong("before", 0);
              machine.startThread(
                  "Toucher",
                  () -> {
                    if (stepBefore) {
                      before.increment();
                    }
                    touch.accept(irp);
                    before.increment();
                  });
              machine.startThread(
                  "Completer",
                  () -> io.completeRequest(irp));
            });
  }

  @ParameterizedTest(name = "{0}, step before: {2}")
  @MethodSource("touches")
  void nothingIsOverlooked(String name, Consumer<Irp> touch, boolean stepBefore) {
    Scenario scenario = scenario(touch, stepBefore);
    Set<String> all = Runs.seen(scenario, DepthFirst.bruteForce(), List.of(), Integer.MAX_VALUE).rulesBroken();
    Set<String> reduced = Runs.provably(scenario, SourceDpor::new).rulesBroken();
    assertTrue(all.containsAll(reduced), () -> reduced + ", and not " + all);
    assertEquals(all.isEmpty(), reduced.isEmpty(), () -> all + ", and only " + reduced);
    assertTrue(!stepBefore || all.contains("IrpTouchedAfterCompletion"), () -> "" + all);
  }

  /** Completing an IRP touches all of it: its cancel routine too, which somebody else arms and disarms. */
  @Test
  void completionIsTriedWhileTheCancelRoutineIsSet() {
    Scenario scenario =
        scenario(
            irp -> {
              irp.setCancelRoutine((device, cancelled) -> {});
              irp.setCancelRoutine(null);
            },
            true);
    Set<String> all = Runs.seen(scenario, DepthFirst.bruteForce(), List.of(), Integer.MAX_VALUE).rulesBroken();
    assertEquals(all, Runs.provably(scenario, SourceDpor::new).rulesBroken());
    assertTrue(all.size() > 1, () -> "" + all);
  }

  /** Whoever sees that the toucher has come near does not know that it has touched the IRP. */
  @ParameterizedTest(name = "{0}, step before: {2}")
  @MethodSource("touches")
  void whatWasToldBeforeTheTouchOrdersNothing(String name, Consumer<Irp> touch, boolean stepBefore) {
    Scenario scenario =
        Scenario.named("near")
            .model(
                machine -> {
                  IoManager io = IoManager.of(machine);
                  Irp irp = io.allocateIrp(1);
                  irp.setNextStackLocation();
                  InterlockedLong near = new InterlockedLong("near", 0);
                  machine.startThread(
                      "Toucher",
                      () -> {
                        if (stepBefore) {
                          new InterlockedLong("before", 0).increment();
                        }
                        near.increment();
                        touch.accept(irp);
                      });
                  machine.startThread(
                      "Completer",
                      () -> {
                        if (near.read() == 1) {
                          io.completeRequest(irp);
                        }
                      });
                });
    Set<String> broken = Runs.provably(scenario, SourceDpor::new).rulesBroken();
    assertTrue(broken.contains("IrpTouchedAfterCompletion") || broken.contains("DataRace"), () -> "" + broken);
  }

  /** Whoever still has the lock that the completer took before has used the IRP in time. */
  @ParameterizedTest(name = "{0}, step before: {2}")
  @MethodSource("touches")
  void whatALockOrdersIsNoMistake(String name, Consumer<Irp> touch, boolean stepBefore) {
    Scenario scenario =
        Scenario.named("locked")
            .model(
                machine -> {
                  IoManager io = IoManager.of(machine);
                  Irp irp = io.allocateIrp(1);
                  irp.setNextStackLocation();
                  KSpinLock lock = new KSpinLock("L");
                  InterlockedLong used = new InterlockedLong("used", 0);
                  machine.startThread(
                      "Toucher",
                      () -> {
                        Irql old = lock.acquire();
                        if (used.exchange(1) == 0) {
                          touch.accept(irp);
                        }
                        lock.release(old);
                      });
                  machine.startThread(
                      "Completer",
                      () -> {
                        Irql old = lock.acquire();
                        used.exchange(1);
                        lock.release(old);
                        io.completeRequest(irp);
                      });
                });
    Set<String> all = Runs.seen(scenario, DepthFirst.bruteForce(), List.of(), Integer.MAX_VALUE).rulesBroken();
    assertEquals(all, Runs.provably(scenario, SourceDpor::new).rulesBroken());
    assertFalse(all.contains("IrpTouchedAfterCompletion"), () -> "" + all);
  }
}
