package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Collections;
import java.util.List;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.IrpEvent;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.emu.verifier.Verifier;
import org.junit.jupiter.api.Test;

/** A violation that is about an IRP tells what happened to the IRP. */
class IrpHistoryTest {
  @Test
  void theEventsOfACompletedIrp() {
    BugCheck stop =
        stopsWith(
            Rule.DOUBLE_COMPLETION,
            machine ->
                machine.startThread(
                    "T",
                    () -> {
                      IoManager io = IoManager.of(machine);
                      Irp irp = io.allocateIrp(1);
                      irp.setCancelRoutine((device, cancelled) -> io.releaseCancelSpinLock(cancelled.cancelIrql()));
                      io.cancelIrp(irp);
                      io.completeRequest(irp);
                      io.completeRequest(irp);
                    }));
    assertEquals(
        List.of(
            new IrpEvent("xchg IRP#1.CancelRoutine := CR", "T", "PASSIVE_LEVEL"),
            new IrpEvent("IRP#1.Cancel := TRUE", "T", "DISPATCH_LEVEL"),
            new IrpEvent("xchg IRP#1.CancelRoutine := NULL", "T", "DISPATCH_LEVEL"),
            new IrpEvent("calls CR(IRP#1)", "T", "DISPATCH_LEVEL"),
            new IrpEvent("IoCompleteRequest(IRP#1)", "T", "PASSIVE_LEVEL"),
            new IrpEvent("IoCompleteRequest(IRP#1)", "T", "PASSIVE_LEVEL")),
        stop.irpHistory());
  }

  @Test
  void theLastTwentyEvents() {
    onMachine(
        machine -> {
          Irp irp = IoManager.of(machine).allocateIrp(1);
          irp.setCancelRoutine(null);
          for (int i = 0; i < 20; i++) {
            irp.cancel();
          }
          assertEquals(
              Collections.nCopies(20, "read IRP#1.Cancel"), irp.history().stream().map(IrpEvent::what).toList());
        });
  }

  @Test
  void nobodyKeepsItWhereNobodyVerifies() {
    onMachine(
        Machine.live().verifier(Verifier.OFF),
        machine -> {
          Irp irp = IoManager.of(machine).allocateIrp(1);
          irp.cancel();
          assertEquals(List.of(), irp.history());
        });
  }
}
