package org.cancelsafe.emu.ported;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.cancelsafe.emu.io.NtStatus.STATUS_INVALID_PARAMETER;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.cancelsafe.emu.machine.Irql.DIRQL_5;
import static org.cancelsafe.emu.machine.Irql.DIRQL_7;
import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;
import static org.cancelsafe.emu.machine.Irql.PASSIVE_LEVEL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.ke.KInterrupt;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Interrupts: what connecting says, what a synchronised routine returns, and at which IRQL each of them runs. */
@Timeout(60)
class InterruptsTest {
  private final List<String> ran = Collections.synchronizedList(new ArrayList<>());

  private KInterrupt interrupt(String name, int vector, boolean shared, boolean claims) {
    return KInterrupt.named(name)
        .vector(vector)
        .irql(DIRQL_5)
        .shareVector(shared)
        .serviceRoutine(
            (self, context) -> {
              ran.add(name + " at " + Ke.getCurrentIrql());
              return claims;
            },
            null)
        .build();
  }

  @Test
  void aVectorIsSharedOnlyByThoseWhoAllShareIt() {
    onMachine(
        machine -> {
          IoManager io = IoManager.of(machine);
          KInterrupt alone = interrupt("alone", 1, false, true);
          assertEquals(STATUS_SUCCESS, io.connectInterrupt(alone));
          assertEquals(STATUS_INVALID_PARAMETER, io.connectInterrupt(interrupt("too", 1, true, true)));
          assertEquals(STATUS_INVALID_PARAMETER, io.connectInterrupt(interrupt("too", 1, false, true)));
          io.disconnectInterrupt(alone);
          assertEquals(STATUS_SUCCESS, io.connectInterrupt(interrupt("first", 1, true, false)));
          assertEquals(STATUS_SUCCESS, io.connectInterrupt(interrupt("second", 1, true, true)));
          assertEquals(STATUS_INVALID_PARAMETER, io.connectInterrupt(interrupt("too", 1, false, true)));
        });
  }

  @Test
  void onASharedVectorTheyAreAskedUntilOneClaimsIt() {
    onProcessors(
        1,
        machine -> {
          IoManager io = IoManager.of(machine);
          KInterrupt first = interrupt("first", 3, true, false);
          io.connectInterrupt(first);
          io.connectInterrupt(interrupt("second", 3, true, true));
          io.connectInterrupt(interrupt("third", 3, true, true));
          assertTrue(first.assertInterrupt());
        });
    assertEquals(List.of("first at DIRQL_5", "second at DIRQL_5"), ran);
  }

  @Test
  void whatIsNotConnectedInterruptsNobody() {
    onMachine(
        machine -> {
          IoManager io = IoManager.of(machine);
          KInterrupt interrupt = interrupt("i", 1, false, true);
          io.connectInterrupt(interrupt);
          io.disconnectInterrupt(interrupt);
          assertFalse(interrupt.assertInterrupt());
        });
    assertEquals(List.of(), ran);
  }

  @Test
  void aSynchronisedRoutineRunsAtItsIrqlAndReturnsWhatItReturns() {
    onMachine(
        machine -> {
          KInterrupt interrupt =
              KInterrupt.named("i")
                  .irql(DIRQL_5)
                  .synchronizeIrql(DIRQL_7)
                  .spinLock(new KSpinLock("L"))
                  .serviceRoutine((self, context) -> true, null)
                  .build();
          assertEquals(STATUS_SUCCESS, IoManager.of(machine).connectInterrupt(interrupt));
          assertEquals(DIRQL_5, interrupt.irql());
          assertEquals(DIRQL_7, interrupt.synchronizeIrql());
          for (Irql from : List.of(PASSIVE_LEVEL, DISPATCH_LEVEL, DIRQL_7)) {
            Irql old = Ke.raiseIrql(from);
            for (boolean answer : new boolean[] {true, false}) {
              assertEquals(
                  answer,
                  interrupt.synchronizeExecution(
                      context -> {
                        assertEquals("context", context);
                        assertEquals(DIRQL_7, Ke.getCurrentIrql());
                        return answer;
                      },
                      "context"));
              assertEquals(from, Ke.getCurrentIrql());
            }
            assertEquals(from, interrupt.acquireInterruptSpinLock());
            assertEquals(DIRQL_7, Ke.getCurrentIrql());
            interrupt.releaseInterruptSpinLock(from);
            assertEquals(from, Ke.getCurrentIrql());
            Ke.lowerIrql(old);
          }
        });
  }

  @Test
  void aDpcForIsrIsToldTheIrpAndTheContextThatCameFirst() {
    onMachine(
        machine -> {
          DeviceObject device = device(machine);
          device.initializeDpcRequest(
              (dpc, own, irp, context) -> {
                assertSame(device, own);
                assertNull(irp);
                ran.add(context + " at " + Ke.getCurrentIrql());
              });
          Irql old = Ke.raiseIrql(DIRQL_5);
          device.requestDpc(null, "first");
          device.requestDpc(null, "second");
          assertEquals(List.of(), ran);
          Ke.lowerIrql(old);
          Ke.flushQueuedDpcs();
          assertEquals(List.of("first at DISPATCH_LEVEL"), ran);
        });
  }

  private static DeviceObject device(Machine machine) {
    return IoManager.of(machine).createDevice(new DriverObject("driver"), "dev", null);
  }
}
