package org.cancelsafe.emu.ke;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.machine.Irql.APC_LEVEL;
import static org.cancelsafe.emu.machine.Irql.DIRQL_5;
import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;
import static org.cancelsafe.emu.machine.Irql.PASSIVE_LEVEL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.emu.verifier.Verifier;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KeTest {
  @Test
  @Statement(180)
  void raisesAndLowersAlsoToTheSameLevel() {
    onMachine(
        machine -> {
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql());
          assertEquals(PASSIVE_LEVEL, Ke.raiseIrql(PASSIVE_LEVEL));
          assertEquals(PASSIVE_LEVEL, Ke.raiseIrqlToDpcLevel());
          assertEquals(DISPATCH_LEVEL, Ke.raiseIrqlToDpcLevel());
          Ke.lowerIrql(DISPATCH_LEVEL);
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          Ke.lowerIrql(PASSIVE_LEVEL);
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql());
        });
  }

  @Test
  @Statement(179)
  void raiseToALowerLevel() {
    BugCheck stop =
        stopsWith(
            Rule.RAISE_TO_LOWER,
            machine -> {
              Ke.raiseIrqlToDpcLevel();
              Ke.raiseIrql(APC_LEVEL);
            });
    assertEquals(List.of(0x30, 2, 1), stop.parameters());
  }

  @Test
  @Statement(182)
  void lowerToAHigherLevel() {
    BugCheck stop = stopsWith(Rule.LOWER_TO_HIGHER, machine -> Ke.lowerIrql(DISPATCH_LEVEL));
    assertEquals(List.of(0x31, 0, 2), stop.parameters());
  }

  @Test
  @Statement(183)
  void raiseToDpcLevelFromAbove() {
    stopsWith(
        Rule.RAISE_TO_LOWER,
        machine -> {
          Ke.raiseIrql(DIRQL_5);
          Ke.raiseIrqlToDpcLevel();
        });
  }

  @Test
  @Statement(184)
  void theIrqlIsOneProcessors() {
    onMachine(
        machine -> {
          KEvent told = new KEvent("told", KEvent.Type.NOTIFICATION_EVENT, false);
          Irql[] other = new Irql[1];
          Irql old = Ke.raiseIrqlToDpcLevel();
          machine.startThread(
              "other",
              () -> {
                other[0] = Ke.getCurrentIrql();
                told.set();
              });
          while (!told.waitForSingleObject(0)) {
            Thread.onSpinWait();
          }
          assertEquals(PASSIVE_LEVEL, other[0]);
          Ke.lowerIrql(old);
        });
  }

  @Test
  void aThreadThatEndsAboveItsLevel() {
    BugCheck stop =
        stopsWith(
            Rule.IRQL_GT_ZERO_AT_SYSTEM_SERVICE, machine -> machine.startThread("T", () -> Ke.raiseIrql(APC_LEVEL)));
    assertEquals("T ended at APC_LEVEL", stop.explanation());
  }

  @Test
  void aThreadThatEndsWithALock() {
    BugCheck stop =
        stopsWith(
            Rule.THREAD_ENDED_HOLDING_LOCK, machine -> machine.startThread("T", () -> new KSpinLock("L").acquire()));
    assertEquals("T ended holding 1 spin lock(s): L", stop.explanation());
  }

  @Test
  void delayTakesAtLeastAsLongAsAsked() {
    onMachine(
        machine -> {
          long before = System.nanoTime();
          Ke.delayExecutionThread(20_000);
          assertTrue(System.nanoTime() - before >= 2_000_000);
        });
  }

  @Test
  void delayAtDispatchLevel() {
    stopsWith(
        Rule.WAIT_AT_DISPATCH,
        machine -> {
          Ke.raiseIrqlToDpcLevel();
          Ke.delayExecutionThread(1);
        });
  }

  @Test
  void aTimeThatIsTooLongIsTheLongest() {
    assertEquals(Long.MAX_VALUE, Ke.nanos(Long.MAX_VALUE / 2));
    assertEquals(100, Ke.nanos(1));
  }

  @Test
  void aThreadRunsWhereItsAffinityLetsIt() {
    onProcessors(
        3,
        machine -> {
          assertEquals(3, Ke.queryActiveProcessorCount());
          assertEquals(0b111, Ke.queryActiveProcessors());
          assertEquals(0, Ke.setSystemAffinityThread(0b100));
          assertEquals(2, Ke.getCurrentProcessorNumber());
          assertEquals(0b100, Ke.setSystemAffinityThread(0b010));
          assertEquals(1, Ke.getCurrentProcessorNumber());
          assertEquals(0b010, Ke.setSystemAffinityThread(0b1000));
          assertEquals(1, Ke.getCurrentProcessorNumber());
          Ke.delayExecutionThread(1);
          assertEquals(1, Ke.getCurrentProcessorNumber());
          Ke.revertToUserAffinityThread(0);
          assertEquals(0, Ke.setSystemAffinityThread(0b001));
          assertEquals(0, Ke.getCurrentProcessorNumber());
        });
  }

  @Test
  void threadsOfOneProcessorTakeTurns() {
    AtomicInteger done = new AtomicInteger();
    onProcessors(
        2,
        machine -> {
          for (int i = 0; i < 4; i++) {
            machine.startThread(
                "T" + i,
                () -> {
                  Ke.setSystemAffinityThread(0b10);
                  for (int k = 0; k < 50; k++) {
                    Ke.lowerIrql(Ke.raiseIrqlToDpcLevel());
                    assertEquals(1, Ke.getCurrentProcessorNumber());
                  }
                  done.incrementAndGet();
                });
          }
        });
    assertEquals(4, done.get());
  }

  @Test
  @Statement(181)
  void theIrqlIsLoweredToWhatThePrecedingRaiseReturned() {
    onMachine(
        machine -> {
          Irql first = Ke.raiseIrql(APC_LEVEL);
          Irql second = Ke.raiseIrql(DIRQL_5);
          Ke.lowerIrql(second);
          Irql third = Ke.raiseIrql(APC_LEVEL);
          Ke.lowerIrql(third);
          Ke.lowerIrql(first);
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql());
        });
    BugCheck stop =
        stopsWith(
            Rule.LOWER_TO_HIGHER,
            machine -> {
              Ke.raiseIrql(APC_LEVEL);
              Ke.raiseIrql(DIRQL_5);
              Ke.lowerIrql(PASSIVE_LEVEL);
            });
    assertEquals(0x31, stop.parameters().get(0));
    onMachine(
        Machine.live().verifier(Verifier.OFF),
        machine -> {
          Ke.raiseIrql(APC_LEVEL);
          Ke.raiseIrql(DIRQL_5);
          Ke.lowerIrql(PASSIVE_LEVEL);
        });
  }
}
