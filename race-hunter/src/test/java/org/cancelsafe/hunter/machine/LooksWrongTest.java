package org.cancelsafe.hunter.machine;

import static org.cancelsafe.hunter.machine.Hunts.assertFinds;
import static org.cancelsafe.hunter.machine.Hunts.assertLeavesOut;
import static org.cancelsafe.hunter.machine.Hunts.assertSafe;

import java.util.List;
import org.cancelsafe.emu.ex.ExRundownRef;
import org.cancelsafe.emu.ex.FastMutex;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.io.DriverCancel;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

/** Designs without a lock where one would expect it, and why that is right: what breaks them is beside them. */
class LooksWrongTest {
  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  /** Whoever has said that it wants to, and does not see that the other one wants to, is alone. */
  @Test
  void eachSaysWhatItWantsBeforeItLooks() {
    assertSafe(2, machine -> dekker(machine, true));
    assertFinds("DataRace", 2, machine -> dekker(machine, false));
  }

  private static void dekker(Machine machine, boolean saysFirst) {
    List<InterlockedLong> wants = List.of(new InterlockedLong("wants0", 0), new InterlockedLong("wants1", 0));
    Shared<Integer> variable = new Shared<>("variable", 0);
    for (int i = 0; i < 2; i++) {
      InterlockedLong mine = wants.get(i);
      InterlockedLong others = wants.get(1 - i);
      machine.startThread(
          "P" + i,
          () -> {
            if (saysFirst) {
              mine.write(1);
            }
            boolean alone = others.read() == 0;
            if (!saysFirst) {
              mine.write(1);
            }
            if (alone) {
              variable.set(1);
            }
          });
    }
  }

  @Test
  void lookedAtOutsideTheMutexAndAgainInside() {
    assertSafe(2, machine -> initialisedOnce(machine, true, true));
    assertFinds("DataRace", 2, machine -> initialisedOnce(machine, false, true));
    assertFinds("DataRace", 2, machine -> initialisedOnce(machine, true, false));
  }

  private static void initialisedOnce(Machine machine, boolean looksAgain, boolean dataFirst) {
    InterlockedLong initialised = new InterlockedLong("initialised", 0);
    Shared<Integer> data = new Shared<>("data", 0);
    FastMutex mutex = new FastMutex("mutex");
    for (int i = 0; i < 2; i++) {
      machine.startThread(
          "User" + i,
          () -> {
            if (initialised.read() == 0) {
              mutex.acquire();
              if (!looksAgain || initialised.read() == 0) {
                if (!dataFirst) {
                  initialised.write(1);
                }
                data.set(42);
                initialised.write(1);
              }
              mutex.release();
            }
            check(data.get() == 42, "used before it was initialised");
          });
    }
  }

  @Test
  void ownershipGoesToAndFroWithEvents() {
    assertSafe(2, machine -> handOver(machine, true));
    assertFinds("DataRace", 2, machine -> handOver(machine, false));
  }

  private static void handOver(Machine machine, boolean waitsForItsReturn) {
    Shared<Integer> buffer = new Shared<>("buffer", 0);
    KEvent yours = new KEvent("yours", KEvent.Type.SYNCHRONIZATION_EVENT, false);
    KEvent mine = new KEvent("mine", KEvent.Type.SYNCHRONIZATION_EVENT, false);
    machine.startThread(
        "A",
        () -> {
          buffer.set(1);
          yours.set();
          if (waitsForItsReturn) {
            mine.waitForSingleObject();
          }
          buffer.set(buffer.get() + 1);
        });
    machine.startThread(
        "B",
        () -> {
          yours.waitForSingleObject();
          buffer.set(buffer.get() + 1);
          mine.set();
        });
  }

  @Test
  void readersUnderRundownProtection() {
    assertSafe(2, machine -> protectedReaders(machine, true));
    assertFinds("DataRace", 2, machine -> protectedReaders(machine, false));
  }

  private static void protectedReaders(Machine machine, boolean waits) {
    ExRundownRef rundown = new ExRundownRef("rundown");
    Shared<String> object = new Shared<>("object", "alive");
    for (int i = 0; i < 2; i++) {
      machine.startThread(
          "Reader" + i,
          () -> {
            if (rundown.acquireProtection()) {
              object.get();
              rundown.releaseProtection();
            }
          });
    }
    machine.startThread(
        "Unload",
        () -> {
          if (waits) {
            rundown.waitForProtectionRelease();
          }
          object.set("freed");
        });
  }

  @Test
  void aRingOfOneProducerAndOneConsumer() {
    assertSafe(2, machine -> ring(machine, true));
    assertFinds("DataRace", 2, machine -> ring(machine, false));
  }

  private static void ring(Machine machine, boolean fillsFirst) {
    InterlockedLong head = new InterlockedLong("head", 0);
    InterlockedLong tail = new InterlockedLong("tail", 0);
    List<Shared<Integer>> slots = List.of(new Shared<>("slot0", 0), new Shared<>("slot1", 0));
    machine.startThread(
        "Producer",
        () -> {
          for (int packet = 1; packet <= 3; packet++) {
            long place = tail.read();
            if (place - head.read() < slots.size()) {
              if (!fillsFirst) {
                tail.write(place + 1);
              }
              slots.get((int) place % slots.size()).set(packet);
              tail.write(place + 1);
            }
          }
        });
    machine.startThread(
        "Consumer",
        () -> {
          int last = 0;
          for (int look = 0; look < 2; look++) {
            long place = head.read();
            if (place < tail.read()) {
              int packet = slots.get((int) place % slots.size()).get();
              check(packet > last, "out of order");
              last = packet;
              head.write(place + 1);
            }
          }
        });
  }

  /** The cancel routine completes nothing: it wakes the one who owns the IRP, and who has to wait for that. */
  @Test
  void theCancelRoutineLeavesTheIrpToItsOwner() {
    assertSafe(2, machine -> ownerCompletes(machine, true));
    assertFinds("IrpTouchedAfterCompletion", 2, machine -> ownerCompletes(machine, false));
  }

  private static void ownerCompletes(Machine machine, boolean waitsForTheRoutine) {
    IoManager io = IoManager.of(machine);
    Irp irp = io.allocateIrp(1);
    irp.setNextStackLocation();
    KEvent left = new KEvent("left to the owner", KEvent.Type.SYNCHRONIZATION_EVENT, false);
    DriverCancel cancel =
        (device, cancelled) -> {
          io.releaseCancelSpinLock(cancelled.cancelIrql());
          left.set();
        };
    irp.markPending();
    irp.setCancelRoutine(cancel);
    machine.startThread(
        "Owner",
        () -> {
          boolean isCancelled = irp.setCancelRoutine(null) == null;
          if (isCancelled && waitsForTheRoutine) {
            left.waitForSingleObject();
          }
          irp.setIoStatus(isCancelled ? NtStatus.STATUS_CANCELLED : NtStatus.STATUS_SUCCESS, 0);
          io.completeRequest(irp);
        });
    machine.startThread("Cancel", () -> io.cancelIrp(irp));
  }

  @Test
  void whatOneDpcAloneTouches() {
    assertSafe(1, machine -> oneDpc(machine, false));
    assertSafe(2, machine -> oneDpc(machine, true));
    assertFinds("DataRace", 2, machine -> oneDpc(machine, false)); // it may be queued again while it runs
  }

  private static void oneDpc(Machine machine, boolean onOneProcessor) {
    Shared<Integer> counter = new Shared<>("counter", 0);
    KDpc dpc = new KDpc("Dpc", (self, context, one, two) -> counter.set(counter.get() + 1), null);
    if (onOneProcessor) {
      dpc.setTargetProcessor(0);
    }
    for (int i = 0; i < 2; i++) {
      machine.startThread("Queuer" + i, () -> dpc.insertQueue(null, null));
    }
  }

  /** The same counter, but two DPCs: those of one processor come one after the other, those of two do not. */
  @Test
  void whatOnlyDpcsOfOneProcessorTouch() {
    assertSafe(2, machine -> twoDpcs(machine, 1, 1));
    assertFinds("DataRace", 2, machine -> twoDpcs(machine, 0, 1));
  }

  private static void twoDpcs(Machine machine, int first, int second) {
    Shared<Integer> counter = new Shared<>("counter", 0);
    for (int target : new int[] {first, second}) {
      KDpc dpc = new KDpc("Dpc", (self, context, one, two) -> counter.set(counter.get() + 1), null);
      dpc.setTargetProcessor(target);
      machine.startThread("Queuer", () -> dpc.insertQueue(null, null));
    }
  }

  @Test
  void whatIsOneProcessorsOwn() {
    assertLeavesOut(2, machine -> perProcessor(machine, true));
    assertFinds("DataRace", 2, machine -> perProcessor(machine, false));
  }

  private static void perProcessor(Machine machine, boolean looksRaised) {
    List<Shared<Integer>> counters = List.of(new Shared<>("counter0", 0), new Shared<>("counter1", 0));
    for (int i = 0; i < 2; i++) {
      machine.startThread(
          "Thread" + i,
          () -> {
            int early = Ke.getCurrentProcessorNumber();
            Irql old = Ke.raiseIrqlToDpcLevel();
            Shared<Integer> mine = counters.get(looksRaised ? Ke.getCurrentProcessorNumber() : early);
            mine.set(mine.get() + 1);
            Ke.lowerIrql(old);
          });
    }
  }

  @Test
  void everythingAtDispatchLevelOfTheOnlyProcessor() {
    Scenario.Model model =
        machine -> {
          Shared<Integer> counter = new Shared<>("counter", 0);
          for (int i = 0; i < 2; i++) {
            KSpinLock own = new KSpinLock("lock" + i);
            machine.startThread(
                "Thread" + i,
                () -> {
                  Irql old = own.acquire(); // each another one
                  counter.set(counter.get() + 1);
                  own.release(old);
                });
          }
        };
    assertSafe(1, model);
    assertFinds("DataRace", 2, model);
  }

  @Test
  void aSequenceLock() {
    assertSafe(2, machine -> sequenceLock(machine, true));
    assertFinds("AssertionFailed", 2, machine -> sequenceLock(machine, false));
  }

  private static void sequenceLock(Machine machine, boolean looksAgain) {
    InterlockedLong sequence = new InterlockedLong("sequence", 0);
    InterlockedLong low = new InterlockedLong("low", 0);
    InterlockedLong high = new InterlockedLong("high", 0);
    machine.startThread(
        "Writer",
        () -> {
          sequence.increment();
          low.write(1);
          high.write(1);
          sequence.increment();
        });
    machine.startThread(
        "Reader",
        () -> {
          long before = sequence.read();
          long lowRead = low.read();
          long highRead = high.read();
          if (before % 2 == 0 && (!looksAgain || sequence.read() == before)) {
            check(lowRead == highRead, "half of it is new");
          }
        });
  }
}
