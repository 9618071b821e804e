package org.cancelsafe.csq;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.fidelity.Statement;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.trace.TraceStep;
import org.junit.jupiter.api.Test;

/** Every step that a call takes, in order: those between the callbacks too. */
class StepOrderTest {
  private interface Body {
    void run(TestDriver driver, IoCsq csq, Irp irp);
  }

  /** What this does, as an explored machine tells it: a trace is had of a run that fails, so this one does. */
  private static List<String> stepsOf(Body before, Body body) {
    Report report = Hunter.explore(Scenario.named("steps").model(machine -> setUp(machine, before, body)));
    return requireNonNull(report.counterexample()).trace().steps().stream().map(TraceStep::text).toList();
  }

  private static void setUp(Machine machine, Body before, Body body) {
    TestDriver driver = new TestDriver(machine);
    IoCsq csq = new IoCsq();
    csq.initialize(new FifoCallbacks("queue"));
    Irp irp = driver.irp();
    before.run(driver, csq, irp);
    machine.startThread("Thread", () -> body.run(driver, csq, irp));
    machine.afterwards(
        () -> {
          throw new AssertionError("for its trace");
        });
  }

  private static void nothing(TestDriver driver, IoCsq csq, Irp irp) {}

  @Test
  @Statement({4, 5, 6, 7})
  void insert() {
    assertEquals(
        List.of(
            "cmpxchg IO_CSQ_IRP_CONTEXT := IRP#1 -> NULL",
            "KeAcquireSpinLock(queue.lock)",
            "InsertTailList(queue, IRP#1)",
            "IoMarkIrpPending(IRP#1)",
            "xchg IRP#1.CancelRoutine := CR -> got NULL",
            "read IRP#1.Cancel -> FALSE",
            "KeReleaseSpinLock(queue.lock)"),
        stepsOf(StepOrderTest::nothing, (driver, csq, irp) -> csq.insertIrp(irp, new IoCsqIrpContext())));
  }

  @Test
  @Statement({7, 9, 10})
  void insertOfACancelledIrp() {
    assertEquals(
        List.of(
            "cmpxchg IO_CSQ_IRP_CONTEXT := IRP#1 -> NULL",
            "KeAcquireSpinLock(queue.lock)",
            "InsertTailList(queue, IRP#1)",
            "IoMarkIrpPending(IRP#1)",
            "xchg IRP#1.CancelRoutine := CR -> got NULL",
            "read IRP#1.Cancel -> TRUE",
            "xchg IRP#1.CancelRoutine := NULL -> got CR",
            "RemoveEntryList(IRP#1)",
            "IO_CSQ_IRP_CONTEXT := NULL",
            "KeReleaseSpinLock(queue.lock)",
            "IoCompleteRequest(IRP#1)"),
        stepsOf(
            (driver, csq, irp) -> driver.io.cancelIrp(irp),
            (driver, csq, irp) -> csq.insertIrp(irp, new IoCsqIrpContext())));
  }

  @Test
  @Statement({38, 40, 41})
  void cancel() {
    assertEquals(
        List.of(
            "IoAcquireCancelSpinLock",
            "IRP#1.Cancel := TRUE",
            "xchg IRP#1.CancelRoutine := NULL -> got CR",
            "calls CR(IRP#1)",
            "IoReleaseCancelSpinLock",
            "read IO_CSQ_IRP_CONTEXT -> IRP#1",
            "KeAcquireSpinLock(queue.lock)",
            "RemoveEntryList(IRP#1)",
            "IO_CSQ_IRP_CONTEXT := NULL",
            "KeReleaseSpinLock(queue.lock)",
            "IoCompleteRequest(IRP#1)"),
        stepsOf(
            (driver, csq, irp) -> csq.insertIrp(irp, new IoCsqIrpContext()),
            (driver, csq, irp) -> driver.io.cancelIrp(irp)));
  }
}
