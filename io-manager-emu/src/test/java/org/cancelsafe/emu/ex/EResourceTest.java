package org.cancelsafe.emu.ex;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.ke.KStatus.STATUS_SUCCESS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Resources: who gets them when, how often, and before whom. */
@Timeout(60)
class EResourceTest {
  private final EResource resource = new EResource("R");
  private final List<String> order = Collections.synchronizedList(new ArrayList<>());

  /** Has another thread do this in a critical region, and waits until it has. */
  private static void elsewhere(Machine machine, Runnable body) {
    KEvent done = new KEvent("done", KEvent.Type.NOTIFICATION_EVENT, false);
    machine.startThread(
        "other",
        () -> {
          Ke.enterCriticalRegion();
          body.run();
          Ke.leaveCriticalRegion();
          done.set();
        });
    done.waitForSingleObject();
  }

  private void startWaiting(Machine machine, String name, Runnable acquire) {
    int before = resource.getExclusiveWaiterCount() + resource.getSharedWaiterCount();
    machine.startThread(
        name,
        () -> {
          Ke.enterCriticalRegion();
          acquire.run();
          order.add(name);
          resource.releaseAndLeaveCriticalRegion();
        });
    while (resource.getExclusiveWaiterCount() + resource.getSharedWaiterCount() == before) {
      Ke.delayExecutionThread(-10_000);
    }
  }

  @Test
  void aNewOneIsNobodys() {
    onMachine(
        machine -> {
          assertFalse(resource.isAcquiredExclusive());
          assertEquals(0, resource.isAcquiredShared());
          assertEquals(0, resource.getExclusiveWaiterCount());
          assertEquals(0, resource.getSharedWaiterCount());
          assertEquals(STATUS_SUCCESS, resource.reinitialize());
          assertEquals(STATUS_SUCCESS, resource.delete());
        });
  }

  @Test
  void theExclusiveOwnerHasItAsOftenAsItAcquiresIt() {
    onMachine(
        machine -> {
          Ke.enterCriticalRegion();
          assertTrue(resource.acquireExclusive(true));
          assertTrue(resource.acquireExclusive(false));
          assertTrue(resource.acquireShared(false));
          assertTrue(resource.acquireSharedStarveExclusive(false));
          assertTrue(resource.acquireSharedWaitForExclusive(false));
          assertTrue(resource.isAcquiredExclusive());
          assertEquals(5, resource.isAcquiredShared());
          elsewhere(
              machine,
              () -> {
                assertFalse(resource.isAcquiredExclusive());
                assertEquals(0, resource.isAcquiredShared());
                assertFalse(resource.acquireExclusive(false));
                assertFalse(resource.acquireShared(false));
                assertFalse(resource.acquireSharedStarveExclusive(false));
                assertFalse(resource.acquireSharedWaitForExclusive(false));
              });
          for (int left = 4; left >= 0; left--) {
            resource.release();
            assertEquals(left, resource.isAcquiredShared());
            assertEquals(left > 0, resource.isAcquiredExclusive());
          }
          Ke.leaveCriticalRegion();
        });
  }

  @Test
  void manyShareIt() {
    onMachine(
        machine -> {
          Ke.enterCriticalRegion();
          assertTrue(resource.acquireShared(true));
          assertTrue(resource.acquireShared(true));
          assertEquals(2, resource.isAcquiredShared());
          assertFalse(resource.isAcquiredExclusive());
          assertFalse(resource.acquireExclusive(false), "it shares it itself");
          elsewhere(
              machine,
              () -> {
                assertTrue(resource.acquireShared(false));
                assertEquals(1, resource.isAcquiredShared());
                assertFalse(resource.acquireExclusive(false));
                resource.release();
              });
          resource.release();
          resource.release();
          elsewhere(
              machine,
              () -> {
                assertTrue(resource.acquireExclusive(false));
                resource.release();
              });
          Ke.leaveCriticalRegion();
        });
  }

  @Test
  void whoWaitsForExclusiveAccessKeepsNewReadersOut() {
    onMachine(
        machine -> {
          Ke.enterCriticalRegion();
          resource.acquireShared(true);
          startWaiting(machine, "writer", () -> resource.acquireExclusive(true));
          assertEquals(1, resource.getExclusiveWaiterCount());
          assertEquals(0, resource.getSharedWaiterCount());
          elsewhere(
              machine,
              () -> {
                assertFalse(resource.acquireShared(false));
                assertFalse(resource.acquireSharedWaitForExclusive(false));
                assertTrue(resource.acquireSharedStarveExclusive(false));
                resource.release();
              });
          assertTrue(resource.acquireShared(false), "who has it has it once more");
          assertTrue(resource.acquireSharedStarveExclusive(false));
          assertFalse(resource.acquireSharedWaitForExclusive(false), "even who has it");
          assertEquals(3, resource.isAcquiredShared());
          resource.release();
          resource.release();
          assertEquals(List.of(), order);
          resource.release();
          resource.acquireExclusive(true);
          assertEquals(List.of("writer"), order);
          resource.release();
          Ke.leaveCriticalRegion();
        });
  }

  @Test
  void anExclusiveOwnerLetsReadersInBeforeWriters() {
    onMachine(
        machine -> {
          Ke.enterCriticalRegion();
          resource.acquireExclusive(true);
          startWaiting(machine, "writer", () -> resource.acquireExclusive(true));
          startWaiting(machine, "reader", () -> resource.acquireShared(true));
          assertEquals(1, resource.getExclusiveWaiterCount());
          assertEquals(1, resource.getSharedWaiterCount());
          resource.release();
          resource.acquireExclusive(true);
          assertEquals(List.of("reader", "writer"), order);
          resource.release();
          Ke.leaveCriticalRegion();
        });
  }

  @Test
  void writersComeInTheOrderOfTheirRequests() {
    onMachine(
        machine -> {
          Ke.enterCriticalRegion();
          resource.acquireExclusive(true);
          startWaiting(machine, "first", () -> resource.acquireExclusive(true));
          startWaiting(machine, "second", () -> resource.acquireExclusive(true));
          assertEquals(2, resource.getExclusiveWaiterCount());
          resource.release();
          resource.acquireExclusive(true);
          assertEquals(List.of("first", "second"), order);
          resource.release();
          Ke.leaveCriticalRegion();
        });
  }

  @Test
  void convertedItIsSharedWithWhoWaitsForThat() {
    onMachine(
        machine -> {
          Ke.enterCriticalRegion();
          resource.acquireExclusive(true);
          resource.acquireExclusive(true);
          startWaiting(machine, "writer", () -> resource.acquireExclusive(true));
          startWaiting(machine, "reader", () -> resource.acquireShared(true));
          resource.convertExclusiveToShared();
          assertEquals(0, resource.getSharedWaiterCount());
          assertEquals(1, resource.getExclusiveWaiterCount());
          assertFalse(resource.isAcquiredExclusive());
          assertEquals(2, resource.isAcquiredShared());
          resource.release();
          resource.release();
          resource.acquireExclusive(true);
          assertEquals(List.of("reader", "writer"), order);
          resource.release();
          Ke.leaveCriticalRegion();
        });
  }

  @Test
  void anotherThreadReleasesItForWhoHasIt() {
    AtomicReference<Activity> holder = new AtomicReference<>();
    onMachine(
        machine -> {
          elsewhere(
              machine,
              () -> {
                holder.set(Activity.current());
                resource.acquireShared(true);
              });
          Ke.enterCriticalRegion();
          assertFalse(resource.acquireExclusive(false));
          resource.releaseForThread(holder.get());
          assertTrue(resource.acquireExclusive(false));
          resource.release();
          Ke.leaveCriticalRegion();
        });
  }

  @Test
  void whoSharesItAndWaitsForItAloneWaitsForItself() {
    BugCheck stop =
        stopsWith(
            Rule.DEADLOCK,
            machine ->
                machine.startThread(
                    "T",
                    () -> {
                      Ke.enterCriticalRegion();
                      resource.acquireShared(true);
                      resource.acquireExclusive(true);
                    }));
    assertTrue(stop.getMessage().contains("waits for R"), stop.getMessage());
  }

  @Test
  void whatItsReleaserDoesNotHaveIsNotReleased() {
    BugCheck stop =
        stopsWith(
            Rule.RESOURCE_NOT_OWNED,
            machine -> {
              Ke.enterCriticalRegion();
              resource.acquireExclusive(true);
              elsewhere(machine, resource::release);
            });
    assertTrue(
        stop.getMessage().contains("RESOURCE_NOT_OWNED (0xE3): ExReleaseResourceLite(R) for"), stop.getMessage());
    stopsWith(
        Rule.RESOURCE_NOT_OWNED,
        machine -> {
          EResource shared = new EResource("R");
          Ke.enterCriticalRegion();
          shared.acquireShared(true);
          shared.convertExclusiveToShared();
        });
  }

  @Test
  void theIrqlStaysAndAtApcLevelNoRegionIsNeeded() {
    onMachine(
        machine -> {
          Irql old = Ke.raiseIrql(Irql.APC_LEVEL);
          assertTrue(resource.acquireExclusive(true));
          assertEquals(Irql.APC_LEVEL, Ke.getCurrentIrql());
          resource.release();
          assertTrue(resource.acquireShared(true));
          Irql apc = Ke.raiseIrqlToDpcLevel();
          assertEquals(1, resource.isAcquiredShared());
          resource.release();
          assertEquals(Irql.DISPATCH_LEVEL, Ke.getCurrentIrql());
          Ke.lowerIrql(apc);
          Ke.lowerIrql(old);
        });
  }

  @Test
  void whatWasDeletedIsNotAcquired() {
    onMachine(
        machine -> {
          resource.delete();
          Ke.enterCriticalRegion();
          Exception e = assertThrows(IllegalStateException.class, () -> resource.acquireShared(true));
          assertTrue(e.getMessage().endsWith("ExDeleteResourceLite was called for it"), e.getMessage());
          assertThrows(IllegalStateException.class, resource::delete);
          Ke.leaveCriticalRegion();
        });
  }
}
