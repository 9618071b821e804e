package org.cancelsafe.emu.ported;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.cancelsafe.emu.ke.KEvent.Type.NOTIFICATION_EVENT;
import static org.cancelsafe.emu.ke.KEvent.Type.SYNCHRONIZATION_EVENT;
import static org.cancelsafe.emu.ke.KStatus.STATUS_SUCCESS;
import static org.cancelsafe.emu.ke.KStatus.STATUS_TIMEOUT;
import static org.cancelsafe.emu.ke.KStatus.STATUS_WAIT_0;
import static org.cancelsafe.emu.ke.KStatus.STATUS_WAIT_1;
import static org.cancelsafe.emu.ke.KStatus.STATUS_WAIT_2;
import static org.cancelsafe.emu.ke.WaitType.WAIT_ALL;
import static org.cancelsafe.emu.ke.WaitType.WAIT_ANY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.cancelsafe.emu.ke.DispatcherObject;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KMutex;
import org.cancelsafe.emu.ke.KProcessorMode;
import org.cancelsafe.emu.ke.KSemaphore;
import org.cancelsafe.emu.ke.KStatus;
import org.cancelsafe.emu.ke.KThread;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.ke.KWaitReason;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.ke.WaitType;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Semaphores, mutexes, and waits for several objects: what ends a wait, and what that does to which object. */
@Timeout(60)
class WaitsTest {
  private static KStatus test(DispatcherObject object) {
    return object.waitForSingleObject(KWaitReason.EXECUTIVE, KProcessorMode.KERNEL_MODE, false, 0L);
  }

  private static KStatus test(WaitType type, DispatcherObject... objects) {
    return Ke.waitForMultipleObjects(
        List.of(objects), type, KWaitReason.EXECUTIVE, KProcessorMode.KERNEL_MODE, false, 0L);
  }

  private static KEvent auto(boolean signaled) {
    return new KEvent("A", SYNCHRONIZATION_EVENT, signaled);
  }

  private static KEvent manual(boolean signaled) {
    return new KEvent("M", NOTIFICATION_EVENT, signaled);
  }

  /** Runs this in a thread of its own to its end. */
  private static void elsewhere(Machine machine, Runnable body) {
    assertEquals(STATUS_SUCCESS, KThread.createSystemThread(machine, "T", body).waitForSingleObject());
  }

  @Test
  void aSemaphoreTellsItsCountBefore() {
    onMachine(
        machine -> {
          KSemaphore semaphore = new KSemaphore("S", 0, 5);
          assertEquals(0, semaphore.readState());
          assertEquals(STATUS_TIMEOUT, test(semaphore));
          assertEquals(0, semaphore.release(0, 1, false));
          assertEquals(1, semaphore.release(0, 2, false));
          assertEquals(3, semaphore.readState());
          assertEquals(STATUS_SUCCESS, test(semaphore));
          assertEquals(2, semaphore.readState());
          assertEquals(2, semaphore.release(3));
          assertEquals(5, semaphore.readState());
          Exception e = assertThrows(IllegalStateException.class, () -> semaphore.release(1));
          assertTrue(e.getMessage().startsWith("STATUS_SEMAPHORE_LIMIT_EXCEEDED"), e.getMessage());
          assertEquals(5, semaphore.readState(), "raised, and nothing changed");
          assertThrows(IllegalStateException.class, () -> semaphore.release(Integer.MAX_VALUE));
          for (int left = 4; left >= 0; left--) {
            assertEquals(STATUS_SUCCESS, test(semaphore));
            assertEquals(left, semaphore.readState());
          }
          assertEquals(STATUS_TIMEOUT, test(semaphore));
        });
  }

  @Test
  void aSemaphoreIsReleasedAtDispatchLevel() {
    onMachine(
        machine -> {
          KSemaphore semaphore = new KSemaphore("S", 1, 2);
          Irql old = Ke.raiseIrqlToDpcLevel();
          assertEquals(1, semaphore.release(1));
          assertEquals(STATUS_SUCCESS, test(semaphore));
          assertEquals(1, semaphore.readState());
          assertEquals(Irql.DISPATCH_LEVEL, Ke.getCurrentIrql());
          Ke.lowerIrql(old);
        });
  }

  @Test
  void aMutexTellsHowOftenItsOwnerHasIt() {
    onMachine(
        machine -> {
          KMutex mutex = new KMutex("M");
          assertEquals(1, mutex.readState());
          assertEquals(STATUS_SUCCESS, test(mutex));
          assertEquals(0, mutex.readState());
          assertEquals(STATUS_SUCCESS, test(mutex));
          assertEquals(-1, mutex.readState());
          assertEquals(-1, mutex.release(false));
          assertEquals(0, mutex.readState());
          assertEquals(0, mutex.release(false));
          assertEquals(1, mutex.readState());
          assertThrows(IllegalStateException.class, () -> mutex.release(false));
          assertEquals(1, mutex.readState());
        });
  }

  @Test
  void aMutexIsNotAnothers() {
    onMachine(
        machine -> {
          KMutex mutex = new KMutex("M");
          test(mutex);
          elsewhere(
              machine,
              () -> {
                assertEquals(STATUS_TIMEOUT, test(mutex));
                assertEquals(
                    STATUS_TIMEOUT,
                    mutex.waitForSingleObject(KWaitReason.EXECUTIVE, KProcessorMode.KERNEL_MODE, false, -1_000L));
                assertEquals(STATUS_TIMEOUT, test(WAIT_ANY, mutex));
                Exception e = assertThrows(IllegalStateException.class, mutex::release);
                assertTrue(e.getMessage().startsWith("STATUS_MUTANT_NOT_OWNED"), e.getMessage());
                assertFalse(Ke.areApcsDisabled());
              });
          assertEquals(0, mutex.readState());
          assertTrue(Ke.areApcsDisabled(), "who owns a mutex is in a critical region");
          assertFalse(Ke.areAllApcsDisabled());
          assertEquals(0, mutex.release());
          assertFalse(Ke.areApcsDisabled());
        });
  }

  @Test
  void anAbandonedMutexIsTheWaiters() {
    onMachine(
        machine -> {
          KMutex mutex = KMutex.ofUserMode("M");
          elsewhere(
              machine,
              () -> {
                test(mutex);
                test(mutex);
              });
          assertEquals(1, mutex.readState(), "free, however often it was acquired");
          assertEquals(0x81, test(WAIT_ANY, auto(false), mutex).code(), "STATUS_ABANDONED_WAIT_1");
          assertEquals(STATUS_SUCCESS, test(mutex));
          assertEquals(-1, mutex.release());
          assertEquals(0, mutex.release());
          elsewhere(machine, () -> test(mutex));
          assertEquals(0x80, test(WAIT_ALL, mutex, manual(true)).code());
          mutex.release();
        });
  }

  @Test
  void ofAnyTheFirstIsTaken() {
    onMachine(
        machine -> {
          KEvent first = auto(false);
          KEvent second = auto(true);
          KEvent third = auto(true);
          assertEquals(STATUS_WAIT_1, test(WAIT_ANY, first, second, third));
          assertFalse(second.readState());
          assertTrue(third.readState());
          assertEquals(STATUS_WAIT_2, test(WAIT_ANY, first, second, third));
          assertEquals(STATUS_TIMEOUT, test(WAIT_ANY, first, second, third));
          first.set();
          second.set();
          assertEquals(STATUS_WAIT_0, test(WAIT_ANY, first, second, third));
          assertTrue(second.reset());
        });
  }

  @Test
  void ofAllNoneIsTakenBeforeAllAreThere() {
    onMachine(
        machine -> {
          KEvent event = auto(true);
          KEvent still = manual(true);
          KSemaphore semaphore = new KSemaphore("S", 0, 2);
          KMutex mutex = new KMutex("M");
          assertEquals(STATUS_TIMEOUT, test(WAIT_ALL, event, still, semaphore, mutex));
          assertTrue(event.readState());
          assertEquals(1, mutex.readState());
          semaphore.release(2);
          assertEquals(STATUS_SUCCESS, test(WAIT_ALL, event, still, semaphore, mutex));
          assertFalse(event.readState());
          assertTrue(still.readState());
          assertEquals(1, semaphore.readState());
          assertEquals(0, mutex.readState());
          assertEquals(STATUS_TIMEOUT, test(WAIT_ALL, still, semaphore, event));
          assertEquals(1, semaphore.readState());
          mutex.release();
        });
  }

  @Test
  void aWaitForAllEndsWhenTheLastComes() {
    onProcessors(
        2,
        machine -> {
          KEvent one = auto(false);
          KEvent two = auto(false);
          KEvent done = manual(false);
          machine.startThread(
              "T",
              () -> {
                assertEquals(STATUS_SUCCESS, Ke.waitForMultipleObjects(List.of(one, two), WAIT_ALL));
                done.set();
              });
          two.set();
          assertFalse(done.waitForSingleObject(-50_000));
          assertTrue(two.readState(), "not taken alone");
          one.set();
          done.waitForSingleObject();
          assertFalse(one.readState());
          assertFalse(two.readState());
        });
  }

  @Test
  void aThreadIsSignaledFromItsEndOn() {
    onMachine(
        machine -> {
          KEvent go = manual(false);
          KThread thread = KThread.createSystemThread(machine, "T", go::waitForSingleObject);
          assertEquals(STATUS_TIMEOUT, test(thread));
          go.set();
          assertEquals(STATUS_SUCCESS, thread.waitForSingleObject());
          assertEquals(STATUS_SUCCESS, test(thread));
          assertEquals(STATUS_WAIT_1, test(WAIT_ANY, auto(false), thread));
        });
  }

  @Test
  void anAlertEndsOneAlertableWait() {
    onMachine(
        machine -> {
          KThread self = Ke.getCurrentThread();
          KEvent never = manual(false);
          assertFalse(self.alert());
          assertTrue(self.alert(), "it was alerted before");
          assertEquals(STATUS_TIMEOUT, test(never), "not alertable");
          assertEquals(
              KStatus.STATUS_ALERTED,
              never.waitForSingleObject(KWaitReason.EXECUTIVE, KProcessorMode.KERNEL_MODE, true, 0L));
          assertEquals(
              STATUS_TIMEOUT,
              never.waitForSingleObject(KWaitReason.EXECUTIVE, KProcessorMode.KERNEL_MODE, true, -1_000L));
        });
  }

  @Test
  void aNotificationTimerEndsAllWaitsAndASynchronizationTimerOne() {
    onMachine(
        machine -> {
          KTimer still = new KTimer("N");
          still.set(-1_000, null);
          assertEquals(STATUS_SUCCESS, still.waitForSingleObject());
          assertEquals(STATUS_SUCCESS, test(still));
          assertTrue(still.readState());
          KTimer once = new KTimer("S", KTimer.Type.SYNCHRONIZATION_TIMER);
          once.set(-1_000, null);
          assertEquals(STATUS_SUCCESS, once.waitForSingleObject());
          assertEquals(STATUS_TIMEOUT, test(once));
          assertFalse(once.readState());
        });
  }

  @Test
  void whatItsCodeSays() {
    assertEquals(0x102, STATUS_TIMEOUT.code());
    assertTrue(STATUS_TIMEOUT.isSuccess());
    assertEquals(0x101, KStatus.STATUS_ALERTED.code());
    assertEquals(0xC0, KStatus.STATUS_USER_APC.code());
    assertEquals(KStatus.wait(63).code(), 63);
    assertEquals(0xBF, KStatus.abandonedWait(63).code());
    assertEquals(KStatus.STATUS_ABANDONED, KStatus.abandonedWait(0));
    assertEquals(STATUS_WAIT_0, STATUS_SUCCESS);
  }
}
