package org.cancelsafe.emu.ke;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.ke.KProcessorMode.KERNEL_MODE;
import static org.cancelsafe.emu.ke.KWaitReason.EXECUTIVE;
import static org.cancelsafe.emu.ke.WaitFixture.A_MILLISECOND;
import static org.cancelsafe.emu.ke.WaitFixture.all;
import static org.cancelsafe.emu.ke.WaitFixture.any;
import static org.cancelsafe.emu.ke.WaitFixture.await;
import static org.cancelsafe.emu.ke.WaitFixture.event;
import static org.cancelsafe.emu.ke.WaitFixture.notification;
import static org.cancelsafe.emu.ke.WaitFixture.synchronization;
import static org.cancelsafe.emu.ke.WaitFixture.untilWaiting;
import static org.cancelsafe.emu.ke.WaitType.WAIT_ANY;
import static org.cancelsafe.emu.machine.Irql.APC_LEVEL;
import static org.cancelsafe.emu.machine.Irql.DIRQL_3;
import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;
import static org.cancelsafe.emu.machine.Irql.PASSIVE_LEVEL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WaitsTest {
  @Test
  @Statement({222, 224})
  void aTimeoutOfZeroTestsAlsoAtDispatchLevel() {
    onMachine(
        machine -> {
          KEvent event = synchronization("E");
          assertEquals(NtStatus.STATUS_TIMEOUT, await(event, 0L));
          assertEquals(NtStatus.STATUS_TIMEOUT, await(event, A_MILLISECOND));
          assertTrue(await(event, 0L).isSuccess());
          assertEquals(NtStatus.STATUS_TIMEOUT, NtStatus.of(await(event, 0L)));
          event.set();
          Irql old = Ke.raiseIrqlToDpcLevel();
          assertEquals(KStatus.STATUS_SUCCESS, await(event, 0L));
          assertEquals(KStatus.STATUS_TIMEOUT, await(event, 0L));
          Ke.lowerIrql(old);
        });
  }

  @Test
  void anAbsoluteTimeoutIsASystemTime() {
    onMachine(
        machine -> {
          long before = Ke.querySystemTime();
          assertEquals(KStatus.STATUS_TIMEOUT, await(synchronization("E"), before - 1));
          assertEquals(KStatus.STATUS_TIMEOUT, await(synchronization("E"), before + 20_000));
          assertTrue(Ke.querySystemTime() >= before + 20_000);
        });
  }

  @Test
  @Statement(223)
  void aRealWaitAtDispatchLevelStopsTheMachine() {
    BugCheck forEver =
        stopsWith(
            Rule.WAIT_AT_DISPATCH,
            Machine.live().processors(1),
            machine ->
                machine.startThread(
                    "worker",
                    () -> {
                      Ke.raiseIrqlToDpcLevel();
                      await(synchronization("E"), null);
                    }));
    assertEquals(0x121, forEver.parameters().get(0));
    assertTrue(
        forEver.getMessage().contains("KeWaitForSingleObject(E) at DISPATCH_LEVEL, thread \"worker\", CPU 0"),
        forEver.getMessage());
    BugCheck timed =
        stopsWith(
            Rule.TIMED_WAIT_AT_DISPATCH,
            machine -> {
              Ke.raiseIrqlToDpcLevel();
              any(A_MILLISECOND, synchronization("E"));
            });
    assertEquals(0x122, timed.parameters().get(0));
    BugCheck above =
        stopsWith(
            Rule.WAIT_ABOVE_DISPATCH,
            machine -> {
              Ke.raiseIrql(DIRQL_3);
              await(synchronization("E"), 0L);
            });
    assertEquals(0x120, above.parameters().get(0));
  }

  @Test
  @Statement(219)
  void aSynchronizationEventIsHandedToTheFirstWaiterAndIsNotSignaledThen() {
    onProcessors(
        2,
        machine -> {
          KEvent event = synchronization("E");
          List<Integer> order = new CopyOnWriteArrayList<>();
          for (int i = 1; i <= 2; i++) {
            int number = i;
            machine.startThread(
                "T" + i,
                () -> {
                  event.waitForSingleObject();
                  order.add(number);
                });
            untilWaiting(event, i);
          }
          assertFalse(event.set());
          assertFalse(event.readState());
          assertFalse(event.set());
          assertFalse(event.readState());
          while (order.size() < 2) {
            event.readState();
          }
          assertFalse(event.set());
          assertTrue(event.set());
          assertTrue(event.readState());
        });
  }

  @Test
  @Statement(219)
  void aNotificationEventLetsAllThroughAndStays() {
    onProcessors(
        2,
        machine -> {
          KEvent event = notification("E");
          for (int i = 1; i <= 3; i++) {
            machine.startThread("T" + i, event::waitForSingleObject);
          }
          untilWaiting(event, 3);
          assertFalse(event.set());
          assertTrue(event.readState());
          untilWaiting(event, 0);
          assertEquals(KStatus.STATUS_SUCCESS, await(event, 0L));
          assertTrue(event.reset());
          assertFalse(event.readState());
        });
  }

  @Test
  void aSemaphoreIsHandedToAsManyAsItCounts() {
    onProcessors(
        2,
        machine -> {
          KSemaphore semaphore = new KSemaphore("S", 0, 2);
          for (int i = 1; i <= 3; i++) {
            machine.startThread("T" + i, semaphore::waitForSingleObject);
          }
          untilWaiting(semaphore, 3);
          assertEquals(0, semaphore.release(2));
          assertEquals(0, semaphore.readState());
          untilWaiting(semaphore, 1);
          assertEquals(0, semaphore.release(2));
          assertEquals(1, semaphore.readState());
          assertThrows(IllegalStateException.class, () -> semaphore.release(2));
          assertEquals(1, semaphore.readState());
        });
  }

  @Test
  void ofSeveralTheFirstSignaledEndsAWaitAny() {
    onMachine(
        machine -> {
          KEvent one = synchronization("one");
          KEvent two = synchronization("two");
          KSemaphore three = new KSemaphore("three", 1, 1);
          assertEquals(KStatus.STATUS_WAIT_2, any(null, one, two, three));
          assertEquals(KStatus.STATUS_TIMEOUT, any(0L, one, two, three));
          two.set();
          three.release(1);
          assertEquals(NtStatus.STATUS_WAIT_1, any(null, one, two, three));
          assertEquals(1, three.readState());
          assertFalse(two.readState());
          assertEquals("STATUS_WAIT_7", KStatus.wait(7).toString());
        });
  }

  @Test
  void allAreTakenAtOnceOrNone() {
    onProcessors(
        2,
        machine -> {
          KEvent one = synchronization("one");
          KEvent two = synchronization("two");
          one.set();
          assertEquals(KStatus.STATUS_TIMEOUT, all(A_MILLISECOND, one, two));
          assertTrue(one.readState());
          List<KStatus> ended = new CopyOnWriteArrayList<>();
          machine.startThread("T", () -> ended.add(all(null, one, two)));
          untilWaiting(two, 1);
          assertTrue(one.readState());
          two.set();
          assertFalse(one.readState());
          assertFalse(two.readState());
          while (ended.isEmpty()) {
            one.readState();
          }
          assertEquals(List.of(KStatus.STATUS_SUCCESS), ended);
        });
  }

  @Test
  void aWaitAnyThatHasEndedTakesNothingMore() {
    onProcessors(
        2,
        machine -> {
          KEvent one = synchronization("one");
          KEvent two = synchronization("two");
          machine.startThread("T", () -> any(null, one, two));
          untilWaiting(two, 1);
          two.set();
          untilWaiting(one, 0);
          one.set();
          assertTrue(one.readState());
        });
  }

  @Test
  void forAtMost64() {
    KEvent event = event("E", KEvent.Type.NOTIFICATION_EVENT, true);
    onMachine(
        machine ->
            assertEquals(
                KStatus.STATUS_SUCCESS,
                Ke.waitForMultipleObjects(
                    Collections.nCopies(64, event), WAIT_ANY, EXECUTIVE, KERNEL_MODE, false, null)));
    stopsWith(
        Rule.MAXIMUM_WAIT_OBJECTS_EXCEEDED,
        machine ->
            Ke.waitForMultipleObjects(
                Collections.nCopies(65, event), WAIT_ANY, EXECUTIVE, KERNEL_MODE, false, null));
  }

  @Test
  @Statement(220)
  void setWithWaitReturnsRaisedAndTheWaitRestores() {
    onMachine(
        machine -> {
          KEvent go = synchronization("go");
          KEvent done = synchronization("done");
          machine.startThread(
              "server",
              () -> {
                go.waitForSingleObject();
                done.set();
              });
          Ke.raiseIrql(APC_LEVEL);
          assertFalse(go.set(0, true));
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          assertEquals(KStatus.STATUS_SUCCESS, await(done, null));
          assertEquals(APC_LEVEL, Ke.getCurrentIrql());
          Ke.lowerIrql(PASSIVE_LEVEL);
          assertFalse(go.set(1, false));
          assertTrue(go.set(1, false));
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql());
        });
    BugCheck stop =
        stopsWith(
            Rule.SET_EVENT_AND_WAIT_ABOVE_APC,
            machine -> {
              Ke.raiseIrqlToDpcLevel();
              synchronization("E").set(0, true);
            });
    assertEquals(0x20016, stop.parameters().get(0));
  }
}
