package org.cancelsafe.emu.rules;

import static org.cancelsafe.emu.machine.Irql.DIRQL_5;
import static org.cancelsafe.emu.machine.Irql.DIRQL_8;
import static org.cancelsafe.emu.machine.Irql.PASSIVE_LEVEL;

import java.time.Duration;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KInterrupt;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.Rule;

/** Interrupts, DPCs, timers, the watchdog. */
final class InterruptExamples {
  private static final long AN_HOUR = -36_000_000_000L;

  private InterruptExamples() {}

  static List<Example> all() {
    return List.of(
        Example.of(
            Rule.ISR_CHANGED_IRQL,
            machine -> connect(machine, DIRQL_5, () -> Ke.raiseIrql(DIRQL_8)).assertInterrupt(),
            machine -> connect(machine, DIRQL_5, () -> Ke.lowerIrql(Ke.raiseIrql(DIRQL_8))).assertInterrupt()),
        Example.of(
            Rule.CONNECT_INTERRUPT_ABOVE_PASSIVE,
            machine -> {
              Ke.raiseIrqlToDpcLevel();
              connect(machine, DIRQL_5, () -> {});
            },
            machine -> connect(machine, DIRQL_5, () -> {})),
        Example.of(
            Rule.PASSIVE_INTERRUPT_HAS_NO_LOCK,
            machine -> connect(machine, PASSIVE_LEVEL, () -> {}).acquireInterruptSpinLock(),
            machine -> {
              KInterrupt touch = connect(machine, PASSIVE_LEVEL, () -> {});
              touch.synchronizeExecution(context -> true, null);
              KInterrupt nic = connect(machine, DIRQL_5, () -> {});
              nic.releaseInterruptSpinLock(nic.acquireInterruptSpinLock());
            }),
        Example.of(
                Rule.PRIORITY_INVERSION,
                machine -> {
                  KSpinLock lock = new KSpinLock("L");
                  KInterrupt nic = connect(machine, DIRQL_5, () -> useAtDpcLevel(lock));
                  Irql old = lock.acquire();
                  nic.assertInterrupt();
                  lock.release(old);
                },
                machine -> {
                  KInterrupt nic = connect(machine, DIRQL_5, () -> {});
                  Irql old = nic.acquireInterruptSpinLock();
                  nic.assertInterrupt();
                  nic.releaseInterruptSpinLock(old);
                })
            .on(() -> Machine.live().processors(1)),
        Example.of(
            Rule.TIMER_FREED_WHILE_SET,
            machine -> {
              KTimer timer = new KTimer("T");
              timer.set(AN_HOUR, null);
              timer.free();
            },
            machine -> {
              KTimer timer = new KTimer("T");
              timer.set(AN_HOUR, null);
              timer.cancel();
              timer.free();
            }),
        Example.of(
            Rule.DPC_FREED_WHILE_QUEUED,
            machine -> {
              KDpc dpc = new KDpc("D", (own, context, one, two) -> {}, null);
              Ke.raiseIrqlToDpcLevel();
              dpc.insertQueue(null, null);
              dpc.free();
            },
            machine -> {
              KDpc dpc = new KDpc("D", (own, context, one, two) -> {}, null);
              dpc.insertQueue(null, null);
              Ke.flushQueuedDpcs();
              dpc.free();
            }),
        Example.of(
                Rule.DPC_TOO_LONG,
                machine -> stallInDpc(150_000),
                machine -> stallInDpc(50))
            .on(() -> Machine.live().dpcWatchdog(Duration.ofMillis(100), Duration.ofDays(1))),
        Example.of(
                Rule.TOO_LONG_AT_DISPATCH,
                machine -> stallAtDispatch(150_000),
                machine -> stallAtDispatch(50))
            .on(() -> Machine.live().dpcWatchdog(Duration.ofDays(1), Duration.ofMillis(100))),
        Example.of(
            Rule.INITIALIZE_TIMER_ABOVE_PASSIVE,
            machine -> {
              DeviceObject device = Devices.device(machine, Devices::pend);
              Ke.raiseIrqlToDpcLevel();
              device.initializeTimer((own, context) -> {}, null);
            },
            machine -> Devices.device(machine, Devices::pend).initializeTimer((own, context) -> {}, null)),
        Example.of(
            Rule.TIMER_INITIALIZED_TWICE,
            machine -> {
              DeviceObject device = Devices.device(machine, Devices::pend);
              device.initializeTimer((own, context) -> {}, null);
              device.initializeTimer((own, context) -> {}, null);
            },
            machine -> {
              Devices.device(machine, Devices::pend).initializeTimer((own, context) -> {}, null);
              Devices.device(machine, Devices::pend).initializeTimer((own, context) -> {}, null);
            }));
  }

  private static KInterrupt connect(Machine machine, Irql level, Runnable service) {
    KInterrupt interrupt =
        KInterrupt.named("nic")
            .irql(level)
            .serviceRoutine(
                (own, context) -> {
                  service.run();
                  return true;
                },
                null)
            .build();
    IoManager.of(machine).connectInterrupt(interrupt);
    return interrupt;
  }

  private static void useAtDpcLevel(KSpinLock lock) {
    lock.acquireAtDpcLevel();
    lock.releaseFromDpcLevel();
  }

  private static void stallInDpc(int microseconds) {
    new KDpc("D", (own, context, one, two) -> Ke.stallExecutionProcessor(microseconds), null).insertQueue(null, null);
  }

  private static void stallAtDispatch(int microseconds) {
    Irql old = Ke.raiseIrqlToDpcLevel();
    Ke.stallExecutionProcessor(microseconds);
    Ke.lowerIrql(old);
  }
}
