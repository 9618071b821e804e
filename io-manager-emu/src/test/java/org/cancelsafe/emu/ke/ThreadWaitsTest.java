package org.cancelsafe.emu.ke;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.ke.KProcessorMode.KERNEL_MODE;
import static org.cancelsafe.emu.ke.KProcessorMode.USER_MODE;
import static org.cancelsafe.emu.ke.KWaitReason.EXECUTIVE;
import static org.cancelsafe.emu.ke.WaitFixture.A_MILLISECOND;
import static org.cancelsafe.emu.ke.WaitFixture.any;
import static org.cancelsafe.emu.ke.WaitFixture.await;
import static org.cancelsafe.emu.ke.WaitFixture.synchronization;
import static org.cancelsafe.emu.ke.WaitFixture.untilWaiting;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.emu.verifier.Verifier;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ThreadWaitsTest {
  /** A thread that waits so, once it does. */
  private static KThread waiting(
      Machine machine, KEvent event, KProcessorMode mode, boolean alertable, List<KStatus> ended) {
    KThread thread =
        KThread.createSystemThread(
            machine, "T", () -> ended.add(event.waitForSingleObject(EXECUTIVE, mode, alertable, null)));
    untilWaiting(event, 1);
    return thread;
  }

  @Test
  @Statement(225)
  void terminationEndsAUserModeWait() {
    onProcessors(
        2,
        machine -> {
          List<KStatus> ended = new CopyOnWriteArrayList<>();
          KThread thread = waiting(machine, synchronization("E"), USER_MODE, false, ended);
          thread.terminate();
          thread.waitForSingleObject();
          assertEquals(List.of(NtStatus.STATUS_USER_APC), ended);
        });
  }

  @Test
  @Statement(226)
  void terminationDoesNotEndAKernelModeWait() {
    onProcessors(
        2,
        machine -> {
          List<KStatus> ended = new CopyOnWriteArrayList<>();
          KEvent event = synchronization("E");
          KThread thread = waiting(machine, event, KERNEL_MODE, false, ended);
          thread.terminate();
          assertEquals(KStatus.STATUS_TIMEOUT, await(thread, A_MILLISECOND));
          assertEquals(List.of(), ended);
          event.set();
          thread.waitForSingleObject();
          assertEquals(List.of(KStatus.STATUS_SUCCESS), ended);
        });
  }

  @Test
  void anAlertEndsAnAlertableWaitThisOneOrTheNext() {
    onProcessors(
        2,
        machine -> {
          List<KStatus> ended = new CopyOnWriteArrayList<>();
          KThread thread = waiting(machine, synchronization("E"), KERNEL_MODE, true, ended);
          assertFalse(thread.alert());
          thread.waitForSingleObject();
          assertEquals(List.of(NtStatus.STATUS_ALERTED), ended);
          KThread self = Ke.getCurrentThread();
          assertFalse(self.alert());
          assertTrue(self.alert());
          KEvent event = synchronization("E");
          assertEquals(KStatus.STATUS_TIMEOUT, await(event, 0L));
          assertEquals(KStatus.STATUS_ALERTED, event.waitForSingleObject(EXECUTIVE, KERNEL_MODE, true, null));
          assertEquals(KStatus.STATUS_TIMEOUT, event.waitForSingleObject(EXECUTIVE, KERNEL_MODE, true, 0L));
        });
  }

  @Test
  void aMutexIsItsOwnersAsOftenAsHeAcquiredIt() {
    onProcessors(
        2,
        machine -> {
          KMutex mutex = new KMutex("M");
          assertEquals(1, mutex.readState());
          assertFalse(Ke.areApcsDisabled());
          mutex.waitForSingleObject();
          assertEquals(0, mutex.readState());
          assertTrue(Ke.areApcsDisabled());
          assertEquals(KStatus.STATUS_SUCCESS, await(mutex, 0L));
          assertEquals(-1, mutex.readState());
          List<KStatus> other = new CopyOnWriteArrayList<>();
          machine.startThread("T", () -> other.add(await(mutex, 0L)));
          while (other.isEmpty()) {
            mutex.readState();
          }
          assertEquals(List.of(KStatus.STATUS_TIMEOUT), other);
          assertEquals(-1, mutex.release());
          assertEquals(0, mutex.release());
          assertFalse(Ke.areApcsDisabled());
          assertEquals(1, mutex.readState());
          assertThrows(IllegalStateException.class, mutex::release);
        });
  }

  @Test
  void aUsersMutexWhoseOwnerEndedWasAbandoned() {
    onProcessors(
        2,
        machine -> {
          KMutex mutex = KMutex.ofUserMode("M");
          KThread.createSystemThread(machine, "T", mutex::waitForSingleObject).waitForSingleObject();
          KStatus status = any(null, synchronization("E"), mutex);
          assertEquals(0x81, status.code());
          mutex.release();
          assertEquals(KStatus.STATUS_SUCCESS, await(mutex, null));
          mutex.release();
        });
  }

  @Test
  void criticalRegionsAreLeftAsOftenAsEntered() {
    onMachine(
        machine -> {
          Ke.enterCriticalRegion();
          Ke.enterCriticalRegion();
          assertTrue(Ke.areApcsDisabled());
          assertFalse(Ke.areAllApcsDisabled());
          Ke.leaveCriticalRegion();
          assertTrue(Ke.areApcsDisabled());
          Ke.leaveCriticalRegion();
          assertFalse(Ke.areApcsDisabled());
        });
    stopsWith(Rule.CRITICAL_REGIONS, machine -> Ke.leaveCriticalRegion());
    stopsWith(Rule.APC_INDEX_MISMATCH, machine -> Ke.enterCriticalRegion());
    stopsWith(
        Rule.ENTER_CRITICAL_REGION_ABOVE_APC,
        machine -> {
          Ke.raiseIrqlToDpcLevel();
          Ke.enterCriticalRegion();
        });
    stopsWith(
        Rule.LEAVE_CRITICAL_REGION_ABOVE_APC,
        machine -> {
          Ke.enterCriticalRegion();
          Ke.raiseIrqlToDpcLevel();
          Ke.leaveCriticalRegion();
        });
  }

  @Test
  @Statement(201)
  void aDpcLeavesTheCountOfDisabledApcsAlone() {
    BugCheck stop =
        stopsWith(
            Rule.DPC_CHANGED_APC_COUNT,
            Machine.live().verifier(Verifier.OFF),
            machine ->
                new KDpc("D", (dpc, context, one, two) -> Ke.enterCriticalRegion(), null).insertQueue(null, null));
    assertEquals(0xC7, stop.code().code());
    assertEquals(4, stop.parameters().get(0));
  }
}
