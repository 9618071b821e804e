package org.cancelsafe.emu.rules;

import static org.cancelsafe.emu.machine.Irql.DIRQL_3;

import java.util.List;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.emu.verifier.Verifier;

/** Spin locks: the ordinary kind. */
final class SpinLockExamples {
  private SpinLockExamples() {}

  static List<Example> all() {
    return List.of(
        Example.of(
            Rule.SPIN_LOCK_RECURSION,
            machine -> {
              KSpinLock lock = new KSpinLock("L");
              lock.acquire();
              lock.acquireAtDpcLevel();
            },
            machine -> {
              KSpinLock lock = new KSpinLock("L");
              lock.release(lock.acquire());
              lock.release(lock.acquire());
            }),
        Example.of(
                Rule.SPIN_LOCK_NOT_OWNED,
                machine -> new KSpinLock("L").release(Ke.raiseIrqlToDpcLevel()),
                machine -> use(new KSpinLock("L")))
            .on(() -> Machine.live().verifier(Verifier.OFF)),
        Example.of(
            Rule.RELEASE_UNACQUIRED,
            machine -> new KSpinLock("L").release(Ke.raiseIrqlToDpcLevel()),
            machine -> use(new KSpinLock("L"))),
        Example.of(Rule.RELEASE_BY_OTHER, SpinLockExamples::oneAcquiresAnotherReleases, SpinLockExamples::twoUseALock),
        Example.of(
            Rule.RELEASE_NOT_AT_DISPATCH,
            machine -> new KSpinLock("L").release(Irql.PASSIVE_LEVEL),
            machine -> use(new KSpinLock("L"))),
        Example.of(
            Rule.ACQUIRE_AT_DPC_BELOW_DISPATCH,
            machine -> new KSpinLock("L").acquireAtDpcLevel(),
            machine -> useAtDpcLevel(new KSpinLock("L"))),
        Example.of(
            Rule.RELEASE_FROM_DPC_BELOW_DISPATCH,
            machine -> new KSpinLock("L").releaseFromDpcLevel(),
            machine -> useAtDpcLevel(new KSpinLock("L"))),
        Example.of(
            Rule.ACQUIRE_ABOVE_DISPATCH,
            machine -> {
              Ke.raiseIrql(DIRQL_3);
              new KSpinLock("L").acquire();
            },
            machine -> {
              Irql old = Ke.raiseIrqlToDpcLevel();
              use(new KSpinLock("L"));
              Ke.lowerIrql(old);
            }),
        Example.of(
            Rule.THREAD_ENDED_HOLDING_LOCK,
            machine -> machine.startThread("T", () -> new KSpinLock("L").acquire()),
            machine -> machine.startThread("T", () -> use(new KSpinLock("L")))),
        Example.of(
            Rule.UNHANDLED_EXCEPTION,
            machine -> {
              new KSpinLock("L").acquire();
              throw new ArithmeticException("under a lock");
            },
            machine -> {
              KSpinLock lock = new KSpinLock("L");
              Irql old = lock.acquire();
              try {
                throw new ArithmeticException("under a lock");
              } catch (ArithmeticException e) {
                lock.release(old);
              }
            }),
        Example.of(
            Rule.SPIN_LOCK_NOT_INITIALIZED,
            machine -> KSpinLock.uninitialized("raw").acquire(),
            machine -> {
              KSpinLock raw = KSpinLock.uninitialized("raw");
              raw.initialize();
              use(raw);
            }),
        Example.of(
            Rule.SPIN_LOCK_REINITIALIZED,
            machine -> new KSpinLock("L").initialize(),
            machine -> KSpinLock.uninitialized("raw").initialize()),
        Example.of(
            Rule.SPIN_LOCK_HELD_TOO_LONG,
            machine -> {
              new KSpinLock("L").acquire();
              Ke.stallExecutionProcessor(26);
            },
            machine -> {
              KSpinLock lock = new KSpinLock("L");
              Irql old = lock.acquire();
              Ke.stallExecutionProcessor(25);
              lock.release(old);
              Ke.stallExecutionProcessor(26);
            }),
        Example.of(
            Rule.LOCK_ORDER,
            machine -> {
              KSpinLock a = new KSpinLock("A");
              KSpinLock b = new KSpinLock("B");
              nest(a, b);
              nest(b, a);
            },
            machine -> {
              KSpinLock a = new KSpinLock("A");
              KSpinLock b = new KSpinLock("B");
              nest(a, b);
              nest(a, b);
              use(b);
              use(a);
            }));
  }

  private static void use(KSpinLock lock) {
    lock.release(lock.acquire());
  }

  private static void useAtDpcLevel(KSpinLock lock) {
    Irql old = Ke.raiseIrqlToDpcLevel();
    lock.acquireAtDpcLevel();
    lock.releaseFromDpcLevel();
    Ke.lowerIrql(old);
  }

  private static void nest(KSpinLock outer, KSpinLock inner) {
    Irql old = outer.acquire();
    inner.acquireAtDpcLevel();
    inner.releaseFromDpcLevel();
    outer.release(old);
  }

  private static void oneAcquiresAnotherReleases(Machine machine) {
    KSpinLock lock = new KSpinLock("L");
    lock.acquire();
    machine.startThread("thief", () -> lock.release(Ke.raiseIrqlToDpcLevel()));
    while (!machine.isStopped()) {
      Thread.onSpinWait();
    }
  }

  private static void twoUseALock(Machine machine) {
    KSpinLock lock = new KSpinLock("L");
    KEvent released = new KEvent("released", KEvent.Type.NOTIFICATION_EVENT, false);
    use(lock);
    machine.startThread(
        "other",
        () -> {
          use(lock);
          released.set();
        });
    released.waitForSingleObject();
    use(lock);
  }
}
