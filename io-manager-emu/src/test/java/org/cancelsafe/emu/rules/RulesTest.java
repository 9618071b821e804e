package org.cancelsafe.emu.rules;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.cancelsafe.emu.verifier.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule is broken once, and once it is kept by code that does the same job. */
@Timeout(60)
class RulesTest {
  static Stream<Example> examples() {
    return Stream.of(
            IrqlExamples.all(),
            WaitExamples.all(),
            SpinLockExamples.all(),
            QueuedLockExamples.all(),
            MutexExamples.all(),
            InterruptExamples.all(),
            DispatchExamples.all(),
            IrpExamples.all(),
            CancelExamples.all(),
            StructureExamples.all())
        .flatMap(List::stream);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void isBroken(Example example) {
    stopsWith(example.rule(), example.machine().get(), example.broken());
  }

  @ParameterizedTest
  @MethodSource("examples")
  void isKept(Example example) {
    onMachine(example.machine().get(), example.correct());
  }

  @Test
  void everyRuleHasAnExample() {
    Set<Rule> missing = EnumSet.allOf(Rule.class);
    missing.removeAll(examples().map(Example::rule).collect(Collectors.toSet()));
    assertEquals(Set.of(), missing);
  }
}
