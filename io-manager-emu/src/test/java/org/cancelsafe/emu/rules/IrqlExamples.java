package org.cancelsafe.emu.rules;

import static org.cancelsafe.emu.machine.Irql.APC_LEVEL;
import static org.cancelsafe.emu.machine.Irql.DIRQL_3;
import static org.cancelsafe.emu.machine.Irql.PASSIVE_LEVEL;

import java.util.List;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KGuardedMutex;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.emu.verifier.Verifier;

/** Raising and lowering, what may be called where, regions without APCs. */
final class IrqlExamples {
  private static final long AN_HOUR = -36_000_000_000L;

  private IrqlExamples() {}

  static List<Example> all() {
    return List.of(
        Example.of(
            Rule.RAISE_TO_LOWER,
            machine -> {
              Ke.raiseIrqlToDpcLevel();
              Ke.raiseIrql(APC_LEVEL);
            },
            machine -> {
              Irql old = Ke.raiseIrql(APC_LEVEL);
              Ke.lowerIrql(Ke.raiseIrqlToDpcLevel());
              Ke.lowerIrql(old);
            }),
        Example.of(
            Rule.LOWER_TO_HIGHER,
            machine -> Ke.lowerIrql(Irql.DISPATCH_LEVEL),
            machine -> Ke.lowerIrql(Ke.raiseIrqlToDpcLevel())),
        Example.of(
            Rule.IRQL_GT_ZERO_AT_SYSTEM_SERVICE,
            machine -> machine.startThread("T", () -> Ke.raiseIrql(APC_LEVEL)),
            machine -> machine.startThread("T", () -> Ke.lowerIrql(Ke.raiseIrql(APC_LEVEL)))),
        Example.of(
            Rule.IRQL_UNEXPECTED_VALUE,
            machine -> runDpc(() -> Ke.lowerIrql(PASSIVE_LEVEL)),
            machine -> runDpc(() -> Ke.lowerIrql(Ke.raiseIrql(DIRQL_3)))),
        Example.of(
            Rule.FLUSH_DPCS_ABOVE_PASSIVE,
            machine -> {
              Ke.raiseIrql(APC_LEVEL);
              Ke.flushQueuedDpcs();
            },
            machine -> Ke.flushQueuedDpcs()),
        Example.of(
            Rule.IRQL_DISPATCH_LTE,
            machine -> {
              Ke.raiseIrql(DIRQL_3);
              new KTimer("T").set(AN_HOUR, null);
            },
            machine -> {
              Irql old = Ke.raiseIrqlToDpcLevel();
              KTimer timer = new KTimer("T");
              timer.set(AN_HOUR, null);
              timer.cancel();
              Ke.lowerIrql(old);
            }),
        Example.of(
            Rule.IRQL_APC_LTE,
            machine -> {
              Ke.raiseIrqlToDpcLevel();
              new KGuardedMutex("M").acquire();
            },
            machine -> {
              Irql old = Ke.raiseIrql(APC_LEVEL);
              KGuardedMutex mutex = new KGuardedMutex("M");
              mutex.acquire();
              mutex.release();
              Ke.lowerIrql(old);
            }),
        Example.of(
            Rule.PAGED_MEMORY,
            machine -> {
              Shared<String> name = Shared.paged("name", "a");
              Ke.raiseIrqlToDpcLevel();
              name.get();
            },
            machine -> {
              Irql old = Ke.raiseIrql(APC_LEVEL);
              Shared.paged("name", "a").get();
              Ke.raiseIrqlToDpcLevel();
              new Shared<>("name", "a").get();
              Ke.lowerIrql(APC_LEVEL);
              Ke.lowerIrql(old);
            }),
        Example.of(
            Rule.CRITICAL_REGIONS, machine -> Ke.leaveCriticalRegion(), machine -> inCriticalRegion(PASSIVE_LEVEL)),
        Example.of(
            Rule.APC_INDEX_MISMATCH, machine -> Ke.enterCriticalRegion(), machine -> inCriticalRegion(PASSIVE_LEVEL)),
        Example.of(
            Rule.ENTER_CRITICAL_REGION_ABOVE_APC,
            machine -> {
              Ke.raiseIrqlToDpcLevel();
              Ke.enterCriticalRegion();
            },
            machine -> inCriticalRegion(APC_LEVEL)),
        Example.of(
            Rule.LEAVE_CRITICAL_REGION_ABOVE_APC,
            machine -> {
              Ke.enterCriticalRegion();
              Ke.raiseIrqlToDpcLevel();
              Ke.leaveCriticalRegion();
            },
            machine -> inCriticalRegion(APC_LEVEL)),
        Example.of(
            Rule.GUARDED_REGIONS,
            machine -> Ke.leaveGuardedRegion(),
            machine -> {
              Ke.enterGuardedRegion();
              Ke.leaveGuardedRegion();
            }),
        Example.of(
                Rule.DPC_CHANGED_APC_COUNT,
                machine -> runDpc(Ke::enterCriticalRegion),
                machine ->
                    runDpc(
                        () -> {
                          Ke.enterCriticalRegion();
                          Ke.leaveCriticalRegion();
                        }))
            .on(() -> Machine.live().verifier(Verifier.OFF)));
  }

  private static void runDpc(Runnable routine) {
    new KDpc("D", (dpc, context, one, two) -> routine.run(), null).insertQueue(null, null);
  }

  private static void inCriticalRegion(Irql level) {
    Irql old = Ke.raiseIrql(level);
    Ke.enterCriticalRegion();
    Ke.leaveCriticalRegion();
    Ke.lowerIrql(old);
  }
}
