package org.cancelsafe.hunter.machine;

import static org.cancelsafe.hunter.machine.Hunts.assertFinds;
import static org.cancelsafe.hunter.machine.Hunts.assertSafe;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.cancelsafe.emu.ex.EResource;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.junit.jupiter.api.Test;

/** Resources on an explored machine. */
class ResourcesTest {
  private static Runnable within(EResource resource, Runnable acquire, Runnable body) {
    return () -> {
      Ke.enterCriticalRegion();
      acquire.run();
      body.run();
      resource.releaseAndLeaveCriticalRegion();
    };
  }

  @Test
  void whoHasItExclusivelyIsAlone() {
    assertSafe(
        2,
        machine -> {
          EResource resource = new EResource("R");
          Shared<Integer> count = new Shared<>("Count", 0);
          Runnable write = within(resource, () -> resource.acquireExclusive(true), () -> count.set(count.get() + 1));
          machine.startThread("W1", write);
          machine.startThread("W2", write);
          machine.startThread("R", within(resource, () -> resource.acquireShared(true), count::get));
          machine.afterwards(() -> assertEquals(2, count.get()));
        });
  }

  @Test
  void whoSharesItDoesNotWrite() {
    assertFinds(
        "DataRace",
        2,
        machine -> {
          EResource resource = new EResource("R");
          Shared<Integer> count = new Shared<>("Count", 0);
          Runnable write = within(resource, () -> resource.acquireShared(true), () -> count.set(1));
          machine.startThread("W1", write);
          machine.startThread("W2", write);
        });
  }

  @Test
  void readersThatBothWantToWriteWaitForEachOther() {
    assertFinds("Deadlock", 2, ResourcesTest::upgrade);
  }

  private static void upgrade(Machine machine) {
    EResource resource = new EResource("R");
    Runnable body =
        () -> {
          Ke.enterCriticalRegion();
          resource.acquireShared(true);
          resource.acquireExclusive(true);
          resource.release();
          resource.releaseAndLeaveCriticalRegion();
        };
    machine.startThread("A", body);
    machine.startThread("B", body);
  }

  @Test
  void whoConvertsItLetsReadersSeeWhatWasWritten() {
    assertSafe(
        2,
        machine -> {
          EResource resource = new EResource("R");
          Shared<Integer> value = new Shared<>("Value", 0);
          machine.startThread(
              "W",
              within(
                  resource,
                  () -> resource.acquireExclusive(true),
                  () -> {
                    value.set(1);
                    resource.convertExclusiveToShared();
                    value.get();
                  }));
          machine.startThread("R", within(resource, () -> resource.acquireShared(true), value::get));
        });
  }

  @Test
  void whoWaitsForWritersWithWhatItSharesWaitsForEver() {
    assertFinds(
        "Deadlock",
        2,
        machine -> {
          EResource resource = new EResource("R");
          machine.startThread(
              "R",
              within(
                  resource,
                  () -> resource.acquireShared(true),
                  () -> {
                    resource.acquireSharedWaitForExclusive(true);
                    resource.release();
                  }));
          machine.startThread("W", within(resource, () -> resource.acquireExclusive(true), () -> {}));
        });
  }

  @Test
  void whoTriesNeedsNoOrder() {
    assertSafe(
        2,
        machine -> {
          EResource resource = new EResource("R");
          Shared<Integer> count = new Shared<>("Count", 0);
          machine.startThread("W", within(resource, () -> resource.acquireExclusive(true), () -> count.set(1)));
          machine.startThread(
              "T",
              () -> {
                Ke.enterCriticalRegion();
                if (resource.acquireExclusive(false)) {
                  count.set(2);
                  resource.release();
                }
                Ke.leaveCriticalRegion();
              });
        });
  }
}
