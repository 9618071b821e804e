package org.cancelsafe.emu.verifier;

import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The sets of rules, and what the kernel itself stops with when nobody verifies. */
class VerifierTest {
  @ParameterizedTest
  @EnumSource
  void eachSetHoldsTheOneBefore(Rule rule) {
    assertTrue(Verifier.EVERYTHING.checks(rule));
    assertTrue(!Verifier.OFF.checks(rule) || Verifier.STANDARD.checks(rule));
  }

  @Test
  void offIsWhatTheKernelItselfChecks() {
    assertTrue(Verifier.OFF.checks(Rule.DOUBLE_COMPLETION));
    assertTrue(Verifier.OFF.checks(Rule.NO_MORE_STACK_LOCATIONS));
    assertTrue(Verifier.OFF.checks(Rule.CANCEL_LOCK_HELD));
    assertFalse(Verifier.OFF.checks(Rule.LOCK_ORDER));
    assertFalse(Verifier.OFF.checks(Rule.PENDING_NOT_MARKED));
    assertFalse(Verifier.OFF.checks(Rule.COMPLETE_WITH_CANCEL_ROUTINE));
  }

  static Stream<Arguments> kernelsOwn() {
    return Stream.of(
        broken(Rule.RAISE_TO_LOWER, BugCheckCode.IRQL_NOT_GREATER_OR_EQUAL, () -> {
          Ke.raiseIrqlToDpcLevel();
          Ke.raiseIrql(Irql.APC_LEVEL);
        }),
        broken(Rule.LOWER_TO_HIGHER, BugCheckCode.IRQL_NOT_LESS_OR_EQUAL, () -> Ke.lowerIrql(Irql.APC_LEVEL)),
        broken(Rule.ACQUIRE_ABOVE_DISPATCH, BugCheckCode.IRQL_NOT_LESS_OR_EQUAL, () -> {
          Ke.raiseIrql(Irql.DIRQL_3);
          new KSpinLock("L").acquire();
        }),
        broken(Rule.WAIT_AT_DISPATCH, BugCheckCode.IRQL_NOT_LESS_OR_EQUAL, () -> {
          Ke.raiseIrqlToDpcLevel();
          new KEvent("E", KEvent.Type.NOTIFICATION_EVENT, false).waitForSingleObject();
        }));
  }

  private static Arguments broken(Rule rule, BugCheckCode code, Runnable driver) {
    return Arguments.of(rule, code, driver);
  }

  @ParameterizedTest
  @MethodSource("kernelsOwn")
  void withoutDriverVerifierTheKernelStopsWithItsOwnCode(Rule rule, BugCheckCode code, Runnable driver) {
    Consumer<Machine> body = machine -> driver.run();
    assertEquals(code, stopsWith(rule, Machine.live().verifier(Verifier.OFF), body).code());
    assertEquals(rule.code(), stopsWith(rule, Machine.live(), body).code());
  }

  @Test
  void theKernelsOwnCodeHasNoSubcode() {
    BugCheck bugCheck =
        stopsWith(
            Rule.LOWER_TO_HIGHER,
            Machine.live().verifier(Verifier.OFF),
            machine -> Ke.lowerIrql(Irql.APC_LEVEL));
    assertEquals(List.of(0, 1), bugCheck.parameters());
  }
}
