package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.io.NtStatus.STATUS_MORE_PROCESSING_REQUIRED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.cancelsafe.emu.io.NtStatus.STATUS_UNSUCCESSFUL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.machine.ForcePending;
import org.cancelsafe.emu.machine.LiveMachineBuilder;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.emu.verifier.Verifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** IoCallDriver returns STATUS_PENDING when a machine is told so, to drivers only, and the IRP is completed later. */
@Timeout(60)
class ForcePendingTest {
  private static LiveMachineBuilder allPend() {
    return Machine.live().forcePending(ForcePending.randomized(1, 100));
  }

  /** A read of a driver that is on top of one that completes at once; what its requester is told in the end. */
  private static NtStatus readThrough(Machine machine, NtStatus below, Function<DeviceObject, DriverDispatch> upper) {
    DeviceObject lower = Drivers.device(machine, Drivers.completing(below));
    DeviceObject device = Drivers.above(machine, lower, upper.apply(lower));
    IoStatusBlock iosb = new IoStatusBlock();
    KEvent done = new KEvent("done", KEvent.Type.NOTIFICATION_EVENT, false);
    IoManager io = IoManager.of(machine);
    Irp irp = io.buildSynchronousFsdRequest(MajorFunction.IRP_MJ_READ, device, null, 0, 0, done, iosb);
    if (io.callDriver(device, irp).equals(STATUS_PENDING)) {
      done.waitForSingleObject();
    }
    return iosb.status();
  }

  /** A driver that is right passes the status on, whether the call pends or not. */
  private static void isRight(Function<DeviceObject, DriverDispatch> upper) {
    onMachine(machine -> assertEquals(STATUS_SUCCESS, readThrough(machine, STATUS_SUCCESS, upper)));
    onMachine(
        allPend(),
        machine -> {
          assertEquals(STATUS_SUCCESS, readThrough(machine, STATUS_SUCCESS, upper));
          assertEquals(STATUS_UNSUCCESSFUL, readThrough(machine, STATUS_UNSUCCESSFUL, upper));
        });
  }

  /** A driver that is wrong gets through its tests as long as no call pends. */
  private static void isWrong(Rule rule, Function<DeviceObject, DriverDispatch> upper) {
    onMachine(machine -> assertEquals(STATUS_SUCCESS, readThrough(machine, STATUS_SUCCESS, upper)));
    stopsWith(rule, allPend(), machine -> readThrough(machine, STATUS_SUCCESS, upper));
  }

  @Test
  void whoSkipsAndReturnsWhatItWasTold() {
    isRight(
        lower ->
            (device, irp) -> {
              irp.skipCurrentStackLocation();
              return irp.io().callDriver(lower, irp);
            });
  }

  @Test
  void whoHasACompletionRoutineThatPropagatesPending() {
    isRight(lower -> (device, irp) -> forward(irp, lower, ForcePendingTest::propagate, null));
  }

  @Test
  void whoForwardsAndWaits() {
    isRight(
        lower ->
            (device, irp) -> {
              KEvent back = new KEvent("back", KEvent.Type.NOTIFICATION_EVENT, false);
              if (forward(irp, lower, ForcePendingTest::wake, back).equals(STATUS_PENDING)) {
                back.waitForSingleObject();
              }
              return Drivers.complete(irp, irp.status());
            });
  }

  @Test
  void whoForwardsSynchronously() {
    isRight(
        lower ->
            (device, irp) -> {
              irp.io().forwardIrpSynchronously(lower, irp);
              return Drivers.complete(irp, irp.status());
            });
  }

  @Test
  void whoSendsARequestOfItsOwnAndWaits() {
    isRight(
        lower ->
            (device, irp) -> {
              KEvent done = new KEvent("own done", KEvent.Type.NOTIFICATION_EVENT, false);
              IoStatusBlock iosb = new IoStatusBlock();
              NtStatus status = irp.io().callDriver(lower, ownRead(irp.io(), lower, done, iosb));
              if (status.equals(STATUS_PENDING)) {
                done.waitForSingleObject();
                status = iosb.status();
              }
              return Drivers.complete(irp, status);
            });
  }

  @Test
  void whoTakesPendingForTheStatus() {
    isWrong(
        Rule.COMPLETE_PENDING_STATUS,
        lower ->
            (device, irp) -> {
              KEvent done = new KEvent("own done", KEvent.Type.NOTIFICATION_EVENT, false);
              IoStatusBlock iosb = new IoStatusBlock();
              return Drivers.complete(irp, irp.io().callDriver(lower, ownRead(irp.io(), lower, done, iosb)));
            });
  }

  @Test
  void whoSkipsAndReturnsSuccess() {
    isWrong(
        Rule.MARKED_NOT_PENDING,
        lower ->
            (device, irp) -> {
              irp.skipCurrentStackLocation();
              irp.io().callDriver(lower, irp);
              return STATUS_SUCCESS;
            });
  }

  @Test
  void whoDoesNotPropagatePending() {
    isWrong(
        Rule.PENDING_NOT_PROPAGATED, lower -> (device, irp) -> forward(irp, lower, (d, i, c) -> STATUS_SUCCESS, null));
  }

  /** The driver below keeps the IRP, so that nothing else can be noticed. */
  @Test
  void whoReturnsSuccessWhileTheDriverBelowHasTheIrp() {
    stopsWith(
        Rule.DISPATCH_STATUS_DIFFERS,
        machine -> {
          DeviceObject lower = Drivers.device(machine, Drivers::pend);
          Drivers.read(
              machine,
              Drivers.above(
                  machine,
                  lower,
                  (device, irp) -> {
                    irp.copyCurrentStackLocationToNext();
                    irp.io().callDriver(lower, irp);
                    return STATUS_SUCCESS;
                  }));
        });
  }

  @Test
  void whoHasAnotherThreadCompleteAnIrpAndWaitsIsSeenToPendToo() {
    onMachine(
        allPend(),
        machine -> {
          DeviceObject lower =
              Drivers.device(
                  machine,
                  (device, irp) -> {
                    KEvent completed = new KEvent("completed", KEvent.Type.NOTIFICATION_EVENT, false);
                    machine.startThread(
                        "helper",
                        () -> {
                          Drivers.complete(irp, STATUS_SUCCESS);
                          completed.set();
                        });
                    completed.waitForSingleObject();
                    return STATUS_SUCCESS;
                  });
          KEvent done = new KEvent("done", KEvent.Type.NOTIFICATION_EVENT, false);
          IoStatusBlock iosb = new IoStatusBlock();
          assertEquals(STATUS_PENDING, lower.io().callDriver(lower, ownRead(lower.io(), lower, done, iosb)));
          done.waitForSingleObject();
          assertEquals(STATUS_SUCCESS, iosb.status());
        });
  }

  @Test
  void whoMarksAnIrpPendingIsLeftAlone() {
    onMachine(
        allPend(),
        machine -> {
          DeviceObject lower =
              Drivers.device(
                  machine,
                  (device, irp) -> {
                    irp.markPending();
                    Drivers.complete(irp, STATUS_SUCCESS);
                    return STATUS_PENDING;
                  });
          KEvent done = new KEvent("done", KEvent.Type.NOTIFICATION_EVENT, false);
          lower.io().callDriver(lower, ownRead(lower.io(), lower, done, new IoStatusBlock()));
          assertTrue(done.readState(), "it was completed before IoCallDriver returned");
        });
  }

  @Test
  void whatWasARequestersOnceAndIsADriversNowPends() {
    onMachine(
        allPend(),
        machine -> {
          DeviceObject device = Drivers.device(machine, Drivers.completing(STATUS_SUCCESS));
          IoManager io = device.io();
          io.setIrpLookasideDepth(1);
          Irp request = Drivers.read(machine, device);
          io.freeIrp(request);
          Irp own = io.allocateIrp(1);
          assertSame(request, own);
          own.nextStackLocation().setMajorFunction(MajorFunction.IRP_MJ_READ);
          assertEquals(STATUS_PENDING, io.callDriver(device, own));
        });
  }

  @Test
  void theRequestersOwnCallDoesNotPend() {
    onMachine(
        allPend(),
        machine -> {
          DeviceObject device = Drivers.device(machine, Drivers.completing(STATUS_SUCCESS));
          assertEquals(STATUS_SUCCESS, Drivers.read(machine, device).userIosb().status());
          FileObject file = new FileObject("file", device);
          Irp built = IoManager.of(machine).buildRequest(file, MajorFunction.IRP_MJ_READ);
          assertEquals(STATUS_SUCCESS, IoManager.of(machine).callDriver(device, built));
        });
  }

  @Test
  void theRandomOneHasHalfOfTheCallsPendTheSameEachTime() {
    List<NtStatus> once = answers(Machine.live().forcePending(42));
    int pended = Collections.frequency(once, STATUS_PENDING);
    assertTrue(pended > 400 && pended < 600, "pended: " + pended);
    assertEquals(once, answers(Machine.live().forcePending(42)));
    assertNotEquals(once, answers(Machine.live().forcePending(43)));
    assertEquals(0, Collections.frequency(answers(Machine.live()), STATUS_PENDING));
  }

  private static List<NtStatus> answers(LiveMachineBuilder builder) {
    List<NtStatus> answers = new ArrayList<>();
    onMachine(
        builder,
        machine -> {
          IoManager io = IoManager.of(machine);
          DeviceObject lower = Drivers.device(machine, Drivers.completing(STATUS_SUCCESS));
          for (int i = 0; i < 1_000; i++) {
            KEvent done = new KEvent("done", KEvent.Type.NOTIFICATION_EVENT, false);
            answers.add(io.callDriver(lower, ownRead(io, lower, done, new IoStatusBlock())));
          }
        });
    return answers;
  }

  @Test
  void badNumbersAndAVerifierThatIsOffAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> ForcePending.randomized(1, 101));
    assertThrows(IllegalArgumentException.class, () -> ForcePending.randomized(1, -1));
    assertThrows(
        IllegalStateException.class, () -> Machine.live().verifier(Verifier.OFF).forcePending(1).build().close());
  }

  private static Irp ownRead(IoManager io, DeviceObject lower, KEvent done, IoStatusBlock iosb) {
    return io.buildSynchronousFsdRequest(MajorFunction.IRP_MJ_READ, lower, null, 0, 0, done, iosb);
  }

  private static NtStatus forward(Irp irp, DeviceObject lower, IoCompletionRoutine routine, Object context) {
    irp.copyCurrentStackLocationToNext();
    irp.setCompletionRoutine(routine, context, true, true, true);
    return irp.io().callDriver(lower, irp);
  }

  private static NtStatus propagate(DeviceObject device, Irp irp, Object context) {
    if (irp.pendingReturned()) {
      irp.markPending();
    }
    return STATUS_SUCCESS;
  }

  private static NtStatus wake(DeviceObject device, Irp irp, Object event) {
    if (irp.pendingReturned()) {
      ((KEvent) event).set();
    }
    return STATUS_MORE_PROCESSING_REQUIRED;
  }
}
