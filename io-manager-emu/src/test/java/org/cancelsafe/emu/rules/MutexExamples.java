package org.cancelsafe.emu.rules;

import static org.cancelsafe.emu.machine.Irql.APC_LEVEL;

import java.util.List;
import org.cancelsafe.emu.ex.EResource;
import org.cancelsafe.emu.ex.FastMutex;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.LiveMachineBuilder;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.emu.verifier.Verifier;

/** Fast mutexes and resources. */
final class MutexExamples {
  private MutexExamples() {}

  static List<Example> all() {
    return List.of(
        Example.of(
            Rule.FAST_MUTEX_ABOVE_APC,
            machine -> {
              Ke.raiseIrqlToDpcLevel();
              new FastMutex("M").acquire();
            },
            machine -> {
              Irql old = Ke.raiseIrql(APC_LEVEL);
              FastMutex mutex = new FastMutex("M");
              mutex.acquire();
              mutex.release();
              Ke.lowerIrql(old);
            }),
        Example.of(
            Rule.FAST_MUTEX_RELEASE,
            machine -> {
              FastMutex mutex = new FastMutex("M");
              mutex.acquire();
              Ke.lowerIrql(Irql.PASSIVE_LEVEL);
              mutex.release();
            },
            machine -> {
              FastMutex mutex = new FastMutex("M");
              mutex.acquire();
              mutex.release();
            })
            .on(MutexExamples::checkingEverything),
        Example.of(
            Rule.ACQUIRE_UNSAFE_WITH_APCS,
            machine -> new FastMutex("M").acquireUnsafe(),
            machine -> {
              FastMutex mutex = new FastMutex("M");
              Ke.enterCriticalRegion();
              mutex.acquireUnsafe();
              mutex.releaseUnsafe();
              Ke.leaveCriticalRegion();
            })
            .on(MutexExamples::checkingEverything),
        Example.of(
            Rule.RELEASE_UNSAFE_WITH_APCS,
            machine -> {
              FastMutex mutex = new FastMutex("M");
              Ke.enterCriticalRegion();
              mutex.acquireUnsafe();
              Ke.leaveCriticalRegion();
              mutex.releaseUnsafe();
            },
            machine -> {
              FastMutex mutex = new FastMutex("M");
              Irql old = Ke.raiseIrql(APC_LEVEL);
              mutex.acquireUnsafe();
              mutex.releaseUnsafe();
              Ke.lowerIrql(old);
            })
            .on(MutexExamples::checkingEverything),
        Example.of(
            Rule.RESOURCE_ABOVE_APC,
            machine -> {
              Ke.raiseIrqlToDpcLevel();
              new EResource("R").acquireShared(false);
            },
            machine -> {
              Irql old = Ke.raiseIrql(APC_LEVEL);
              EResource resource = new EResource("R");
              resource.acquireShared(false);
              resource.release();
              Ke.lowerIrql(old);
            }),
        Example.of(
            Rule.ACQUIRE_RESOURCE_WITH_APCS,
            machine -> new EResource("R").acquireExclusive(true),
            machine -> {
              EResource resource = new EResource("R");
              resource.enterCriticalRegionAndAcquireExclusive();
              resource.releaseAndLeaveCriticalRegion();
            }),
        Example.of(
            Rule.RELEASE_RESOURCE_WITH_APCS,
            machine -> {
              EResource resource = new EResource("R");
              resource.enterCriticalRegionAndAcquireExclusive();
              Ke.leaveCriticalRegion();
              resource.release();
            },
            machine -> {
              EResource resource = new EResource("R");
              Ke.enterGuardedRegion();
              resource.acquireExclusive(true);
              resource.release();
              Ke.leaveGuardedRegion();
            }),
        Example.of(
            Rule.RESOURCE_NOT_OWNED,
            machine -> {
              Ke.enterCriticalRegion();
              new EResource("R").release();
            },
            machine -> {
              EResource resource = new EResource("R");
              resource.enterCriticalRegionAndAcquireExclusive();
              resource.convertExclusiveToShared();
              resource.releaseAndLeaveCriticalRegion();
            }),
        Example.of(
            Rule.EXCLUSIVE_RESOURCE_ACCESS,
            machine -> {
              EResource resource = new EResource("R");
              resource.enterCriticalRegionAndAcquireExclusive();
              Ke.leaveCriticalRegion();
            },
            machine -> {
              EResource resource = new EResource("R");
              resource.enterCriticalRegionAndAcquireExclusive();
              resource.acquireExclusive(true);
              resource.release();
              resource.releaseAndLeaveCriticalRegion();
            })
            .on(MutexExamples::checkingEverything),
        Example.of(
            Rule.RESOURCE_IN_USE,
            machine -> {
              EResource resource = new EResource("R");
              resource.enterCriticalRegionAndAcquireExclusive();
              resource.delete();
            },
            machine -> {
              EResource resource = new EResource("R");
              resource.enterCriticalRegionAndAcquireExclusive();
              resource.releaseAndLeaveCriticalRegion();
              resource.delete();
            }));
  }

  private static LiveMachineBuilder checkingEverything() {
    return Machine.live().verifier(Verifier.EVERYTHING);
  }
}
