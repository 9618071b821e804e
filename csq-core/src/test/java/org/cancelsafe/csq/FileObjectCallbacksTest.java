package org.cancelsafe.csq;

import static org.cancelsafe.csq.TestDriver.onMachine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.fidelity.Statement;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

class FileObjectCallbacksTest {
  private final FileObjectCallbacks callbacks = new FileObjectCallbacks("queue");
  private final IoCsq csq = new IoCsq();

  FileObjectCallbacksTest() {
    csq.initializeEx(callbacks);
  }

  @Test
  void cleanupCancelsTheIrpsOfTheFileOnly() {
    onMachine(
        driver -> {
          FileObject other = driver.open("other");
          Irp first = driver.irp();
          Irp second = driver.irp();
          Irp ofOther = driver.irp(other);
          csq.insertIrpEx(first, null, null);
          csq.insertIrpEx(ofOther, null, null);
          csq.insertIrpEx(second, null, null);
          callbacks.cleanup(csq, driver.file);
          assertEquals(NtStatus.STATUS_CANCELLED, first.userIosb().status());
          assertEquals(NtStatus.STATUS_CANCELLED, second.userIosb().status());
          assertNull(ofOther.userIosb().status());
          assertSame(ofOther, csq.removeNextIrp(null));
          TestDriver.assertAtPassiveLevelWithoutLock();
        });
  }

  @Test
  void declinesAfterCleanupUntilTheFileIsReopened() {
    onMachine(
        driver -> {
          Irp irp = driver.irp();
          callbacks.cleanup(csq, driver.file);
          assertEquals(NtStatus.STATUS_FILE_CLOSED, csq.insertIrpEx(irp, null, null));
          assertFalse(irp.isMarkedPending());
          assertEquals(NtStatus.STATUS_SUCCESS, csq.insertIrpEx(driver.irp(driver.open("other")), null, null));
          callbacks.cleanup(csq, driver.file);
          callbacks.reopen(csq, driver.file);
          assertEquals(NtStatus.STATUS_SUCCESS, csq.insertIrpEx(irp, null, null));
        });
  }

  /** Whoever takes IoCsqInitialize for IoCsqInitializeEx gets the same queue. */
  @Test
  void declinesAlsoWhereTheQueueWasInitialisedAsAPlainOne() {
    onMachine(
        driver -> {
          IoCsq plain = new IoCsq();
          assertEquals(NtStatus.STATUS_SUCCESS, plain.initialize(callbacks));
          callbacks.cleanup(plain, driver.file);
          Irp irp = driver.irp();
          assertEquals(NtStatus.STATUS_FILE_CLOSED, plain.insertIrpEx(irp, null, null));
          assertFalse(irp.isMarkedPending());
        });
  }

  @Test
  void anIrpWithoutAFileIsNeverDeclined() {
    onMachine(
        driver -> {
          Irp irp = driver.io.allocateIrp(1);
          irp.setNextStackLocation();
          callbacks.cleanup(csq, driver.file);
          assertEquals(NtStatus.STATUS_SUCCESS, csq.insertIrpEx(irp, null, null));
          assertSame(irp, csq.removeNextIrp(null));
        });
  }

  @Test
  @Statement(43)
  void insertCleanupAndCancelInEveryInterleaving() {
    Report report =
        Hunter.explore(
            Scenario.named("insert-cleanup-cancel")
                .model(
                    machine -> {
                      IoManager io = IoManager.of(machine);
                      FileObjectCallbacks queue = new FileObjectCallbacks("queue");
                      IoCsq inDriver = new IoCsq();
                      inDriver.initializeEx(queue);
                      TestDriver driver = new TestDriver(machine);
                      driver.device.driverObject().setMajorFunction(
                          MajorFunction.IRP_MJ_READ,
                          (device, irp) -> {
                            NtStatus status = inDriver.insertIrpEx(irp, null, null);
                            if (status.isSuccess()) {
                              return NtStatus.STATUS_PENDING;
                            }
                            irp.setIoStatus(status, 0);
                            io.completeRequest(irp);
                            return status;
                          });
                      Irp irp = io.buildRequest(driver.file, MajorFunction.IRP_MJ_READ);
                      machine.startThread("Dispatch", () -> io.callDriver(driver.device, irp));
                      machine.startThread("Cleanup", () -> queue.cleanup(inDriver, driver.file));
                      machine.startThread("Cancel", () -> io.cancelIrp(irp));
                      machine.afterwards(
                          () -> {
                            if (irp.userIosb().status() == null) {
                              throw new AssertionError("cleanup is over, and an IRP of the file is queued");
                            }
                          });
                    }));
    assertEquals(Verdict.VERIFIED, report.verdict(), () -> ReportText.of(report));
  }
}
