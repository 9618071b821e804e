package org.cancelsafe.emu.machine;

import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LiveProcessorsTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void noMoreThreadsRunAtDispatchLevelThanThereAreProcessors(int processors) {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    onProcessors(
        processors,
        machine -> {
          for (int i = 0; i < 6; i++) {
            machine.startThread(
                "T" + i,
                () -> {
                  for (int n = 0; n < 500; n++) {
                    Irql old = Ke.raiseIrqlToDpcLevel();
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    Thread.onSpinWait();
                    running.decrementAndGet();
                    Ke.lowerIrql(old);
                  }
                });
          }
        });
    assertTrue(most.get() <= processors, most + " threads at once on " + processors + " processors");
  }

  @Test
  void threadsAtOnceHaveDifferentProcessors() {
    onProcessors(
        2,
        machine -> {
          KEvent here = new KEvent("here", KEvent.Type.NOTIFICATION_EVENT, false);
          Processor[] of = new Processor[1];
          machine.startThread(
              "other",
              () -> {
                of[0] = Activity.current().processor();
                here.set();
              });
          Processor mine = Activity.current().processor();
          InterlockedLong spins = new InterlockedLong("spins", 0);
          while (!here.readState()) {
            spins.increment();
          }
          assertNotNull(of[0]);
          assertTrue(mine != of[0]);
        });
  }

  @Test
  void aWaiterOnOneProcessorLetsTheOtherThreadRun() {
    onProcessors(
        1,
        machine -> {
          KEvent event = new KEvent("E", KEvent.Type.SYNCHRONIZATION_EVENT, false);
          machine.startThread("setter", event::set);
          event.waitForSingleObject();
        });
  }

  @Test
  void aThreadThatOnlyTakesAndGivesAFreeLockLetsOthersRun() {
    onProcessors(
        1,
        machine -> {
          KSpinLock lock = new KSpinLock("L");
          boolean[] done = new boolean[1];
          machine.startThread("other", () -> locked(lock, () -> done[0] = true));
          boolean seen = false;
          while (!seen) {
            Irql old = lock.acquire();
            seen = done[0];
            lock.release(old);
          }
        });
  }

  private static void locked(KSpinLock lock, Runnable body) {
    Irql old = lock.acquire();
    body.run();
    lock.release(old);
  }

  @Test
  void aThreadThatPollsAnInterlockedVariableLetsOthersRun() {
    onProcessors(
        1,
        machine -> {
          InterlockedLong flag = new InterlockedLong("flag", 0);
          machine.startThread("other", () -> flag.write(1));
          while (flag.read() == 0) {
            Thread.onSpinWait();
          }
        });
  }

  @Test
  void aThreadAtDispatchLevelKeepsItsProcessor() {
    onProcessors(
        1,
        machine -> {
          InterlockedLong flag = new InterlockedLong("flag", 0);
          Irql old = Ke.raiseIrqlToDpcLevel();
          machine.startThread("other", () -> flag.write(1));
          for (int i = 0; i < 200_000; i++) {
            assertEquals(0, flag.read());
          }
          Ke.lowerIrql(old);
        });
  }

  @Test
  void everyThreadGetsItsTurnOnOneProcessor() {
    onProcessors(
        1,
        machine -> {
          KSpinLock lock = new KSpinLock("L");
          int threads = 4;
          int[] turns = new int[threads];
          for (int i = 0; i < threads; i++) {
            int mine = i;
            machine.startThread("T" + i, () -> takeTurnsUntilAllHaveHadOne(lock, turns, mine));
          }
        });
  }

  private static void takeTurnsUntilAllHaveHadOne(KSpinLock lock, int[] turns, int mine) {
    boolean all = false;
    while (!all) {
      Irql old = lock.acquire();
      turns[mine]++;
      all = true;
      for (int count : turns) {
        all &= count > 0;
      }
      lock.release(old);
    }
  }
}
