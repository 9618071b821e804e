package org.cancelsafe.csq;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.fidelity.Statement;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every interleaving of a few calls. That each IRP is completed once, and no lock stays held, the machine checks. */
class ExplorationTest {
  /** What became of the IRP and who did it, over all schedules. */
  private final Set<String> endings = new TreeSet<>();

  private final class Model {
    final IoManager io;
    final FifoCallbacks callbacks = new FifoCallbacks("queue");
    final IoCsq csq = new IoCsq();
    final DeviceObject device;
    final FileObject file;
    final AtomicInteger removed = new AtomicInteger();

    Model(Machine machine, @Nullable IoCsqIrpContext context) {
      io = IoManager.of(machine);
      csq.initialize(callbacks);
      DriverObject driver = new DriverObject("driver");
      driver.setMajorFunction(
          MajorFunction.IRP_MJ_READ,
          (target, irp) -> {
            csq.insertIrp(irp, context);
            return NtStatus.STATUS_PENDING;
          });
      device = io.createDevice(driver, "device", null);
      file = new FileObject("file", device);
    }

    Irp request() {
      return io.buildRequest(file, MajorFunction.IRP_MJ_READ);
    }

    void complete(@Nullable Irp irp) {
      if (irp != null) {
        removed.incrementAndGet();
        TestDriver.complete(irp);
      }
    }

    void drain() {
      for (Irp irp = csq.removeNextIrp(null); irp != null; irp = csq.removeNextIrp(null)) {
        complete(irp);
      }
    }

    void assertOutcome(Irp irp) {
      NtStatus status = irp.userIosb().status();
      if (status != null) {
        assertEquals(removed.get() == 0 ? NtStatus.STATUS_CANCELLED : NtStatus.STATUS_SUCCESS, status);
      } else {
        assertEquals(0, removed.get());
      }
      endings.add(status == null ? "queued" : status.toString());
    }
  }

  private static Report explore(String name, Scenario.Model model) {
    return Hunter.explore(Scenario.named(name).model(model));
  }

  private static void assertVerified(Report report) {
    assertEquals(Verdict.VERIFIED, report.verdict(), () -> ReportText.of(report));
  }

  @Test
  @Statement({11, 43})
  void insertCancelRemoveNext() {
    Report report =
        explore(
            "insert-cancel-remove-next",
            machine -> {
              Model model = new Model(machine, null);
              Irp irp = model.request();
              machine.startThread("Insert", () -> model.io.callDriver(model.device, irp));
              machine.startThread("Cancel", () -> model.io.cancelIrp(irp));
              machine.startThread("Remove", () -> model.complete(model.csq.removeNextIrp(null)));
              machine.afterwards(() -> model.assertOutcome(irp));
            });
    assertVerified(report);
    assertEquals(Set.of("STATUS_CANCELLED", "STATUS_SUCCESS"), endings);
  }

  @Test
  @Statement({11, 43})
  void insertCancelRemoveByContext() {
    Report report =
        explore(
            "insert-cancel-remove",
            machine -> {
              IoCsqIrpContext context = new IoCsqIrpContext();
              Model model = new Model(machine, context);
              Irp irp = model.request();
              machine.startThread("Insert", () -> model.io.callDriver(model.device, irp));
              machine.startThread("Cancel", () -> model.io.cancelIrp(irp));
              machine.startThread("Remove", () -> model.complete(model.csq.removeIrp(context)));
              machine.afterwards(() -> model.assertOutcome(irp));
            });
    assertVerified(report);
    assertEquals(Set.of("STATUS_CANCELLED", "STATUS_SUCCESS"), endings);
  }
}
