package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.io.NtStatus.STATUS_MORE_PROCESSING_REQUIRED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a driver owes to the one above it and the one below. */
@Timeout(60)
class DriverStackTest {
  private final List<Object> told = new ArrayList<>();

  /** Passes an IRP down with a completion routine. */
  private static DriverDispatch passing(DeviceObject lower, IoCompletionRoutine routine) {
    return (device, irp) -> {
      irp.copyCurrentStackLocationToNext();
      irp.setCompletionRoutine(routine, null, true, true, true);
      return irp.io().callDriver(lower, irp);
    };
  }

  @Test
  @Statement(80)
  void pendingThatIsNotPropagated() {
    BugCheck stop =
        stopsWith(
            Rule.PENDING_NOT_PROPAGATED,
            machine -> {
              DeviceObject lower = Drivers.device(machine, Drivers::pend);
              DeviceObject upper =
                  Drivers.above(machine, lower, passing(lower, (device, irp, context) -> STATUS_SUCCESS));
              Drivers.complete(Drivers.read(machine, upper), STATUS_SUCCESS);
            });
    assertEquals(0x228, stop.parameters().get(0));
  }

  @Test
  void whoStopsTheWalkNeedNotPropagate() {
    onMachine(
        machine -> {
          DeviceObject lower = Drivers.device(machine, Drivers::pend);
          DeviceObject upper =
              Drivers.above(
                  machine,
                  lower,
                  (device, irp) -> {
                    irp.markPending();
                    passing(lower, (own, stopped, context) -> STATUS_MORE_PROCESSING_REQUIRED).dispatch(device, irp);
                    return STATUS_PENDING;
                  });
          Irp irp = Drivers.read(machine, upper);
          Drivers.complete(irp, STATUS_SUCCESS);
          Drivers.complete(irp, STATUS_SUCCESS);
        });
  }

  @Test
  @Statement(81)
  void markingAnIrpPendingWithoutALocation() {
    stopsWith(
        Rule.PENDING_WITHOUT_LOCATION,
        machine -> {
          DeviceObject device = Drivers.device(machine, Drivers.completing(STATUS_SUCCESS));
          Irp irp = device.io().allocateIrp(1);
          irp.nextStackLocation().setMajorFunction(MajorFunction.IRP_MJ_READ);
          irp.setCompletionRoutine(
              (own, mine, context) -> {
                mine.markPending();
                return STATUS_MORE_PROCESSING_REQUIRED;
              },
              null, true, true, true);
          device.io().callDriver(device, irp);
        });
  }

  @Test
  @Statement(87)
  void whoForwardsAndWaitsDoesNotMarkTheIrpPending() {
    onMachine(
        machine -> {
          KEvent pended = new KEvent("pended", KEvent.Type.SYNCHRONIZATION_EVENT, false);
          Irp[] below = new Irp[1];
          DeviceObject lower =
              Drivers.device(
                  machine,
                  (device, irp) -> {
                    irp.markPending();
                    below[0] = irp;
                    pended.set();
                    return STATUS_PENDING;
                  });
          DeviceObject upper =
              Drivers.above(
                  machine,
                  lower,
                  (device, irp) -> {
                    assertTrue(irp.io().forwardIrpSynchronously(lower, irp));
                    assertFalse(irp.isMarkedPending());
                    told.add(irp.status());
                    return Drivers.complete(irp, STATUS_SUCCESS);
                  });
          machine.startThread(
              "lower",
              () -> {
                pended.waitForSingleObject();
                Drivers.complete(below[0], NtStatus.STATUS_UNSUCCESSFUL);
              });
          assertEquals(STATUS_SUCCESS, Drivers.read(machine, upper).userIosb().status());
          assertEquals(List.of(NtStatus.STATUS_UNSUCCESSFUL), told);
        });
  }

  @Test
  @Statement(99)
  void forwardingSynchronouslyWithoutALocation() {
    onMachine(
        machine -> {
          DeviceObject lower = Drivers.device(machine, Drivers.completing(STATUS_SUCCESS));
          DeviceObject single =
              Drivers.device(
                  machine,
                  (device, irp) -> {
                    assertFalse(irp.io().forwardIrpSynchronously(lower, irp));
                    return Drivers.complete(irp, STATUS_SUCCESS);
                  });
          Drivers.read(machine, single);
        });
  }

  @Test
  @Statement(98)
  void aCompletionRoutineExThatIsNotSent() {
    BugCheck stop =
        stopsWith(
            Rule.COMPLETION_EX_NOT_SENT,
            machine -> {
              DeviceObject lower = Drivers.device(machine, Drivers.completing(STATUS_SUCCESS));
              DeviceObject upper =
                  Drivers.above(
                      machine,
                      lower,
                      (device, irp) -> {
                        irp.copyCurrentStackLocationToNext();
                        irp.setCompletionRoutineEx(
                            device, (own, mine, context) -> STATUS_SUCCESS, null, true, true, true);
                        return Drivers.complete(irp, STATUS_SUCCESS);
                      });
              Drivers.read(machine, upper);
            });
    assertEquals(0x4100F, stop.parameters().get(0));
    stopsWith(
        Rule.COMPLETION_EX_NOT_SENT,
        machine -> {
          DeviceObject device = Drivers.device(machine, Drivers::pend);
          Irp irp = device.io().allocateIrp(1);
          irp.setCompletionRoutineEx(device, (own, mine, context) -> STATUS_SUCCESS, null, true, true, true);
          irp.io().freeIrp(irp);
        });
  }

  @Test
  void aCompletionRoutineExIsToldAsAnyOther() {
    onMachine(
        machine -> {
          DeviceObject lower = Drivers.device(machine, Drivers.completing(STATUS_SUCCESS));
          DeviceObject upper =
              Drivers.above(
                  machine,
                  lower,
                  (device, irp) -> {
                    irp.copyCurrentStackLocationToNext();
                    assertEquals(
                        STATUS_SUCCESS,
                        irp.setCompletionRoutineEx(
                            device,
                            (own, mine, context) -> {
                              told.add(context);
                              return STATUS_SUCCESS;
                            },
                            "context", true, false, false));
                    return irp.io().callDriver(lower, irp);
                  });
          Drivers.read(machine, upper);
          assertEquals(List.of("context"), told);
        });
  }

  @Test
  @Statement(124)
  void aCancelRoutineOnAnIrpThatIsBelow() {
    List<Consumer<Irp>> waysDown = List.of(Irp::copyCurrentStackLocationToNext, Irp::skipCurrentStackLocation);
    for (Consumer<Irp> sent : waysDown) {
      BugCheck stop =
          stopsWith(
              Rule.CANCEL_ROUTINE_ON_IRP_BELOW,
              machine -> {
                DeviceObject lower = Drivers.device(machine, Drivers::pend);
                DeviceObject upper =
                    Drivers.above(
                        machine,
                        lower,
                        (device, irp) -> {
                          sent.accept(irp);
                          NtStatus status = irp.io().callDriver(lower, irp);
                          irp.setCancelRoutine((own, mine) -> {});
                          return status;
                        });
                Drivers.read(machine, upper);
              });
      assertEquals(0x229, stop.parameters().get(0));
    }
  }

  @Test
  void aCancelRoutineOnAnIrpThatCameBack() {
    onMachine(
        machine -> {
          DeviceObject lower = Drivers.device(machine, Drivers.completing(STATUS_SUCCESS));
          DeviceObject upper =
              Drivers.above(
                  machine,
                  lower,
                  (device, irp) -> {
                    irp.io().forwardIrpSynchronously(lower, irp);
                    irp.setCancelRoutine((own, mine) -> {});
                    irp.setCancelRoutine(null);
                    return Drivers.complete(irp, STATUS_SUCCESS);
                  });
          Drivers.read(machine, upper);
        });
  }
}
