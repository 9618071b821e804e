package org.cancelsafe.hunter;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_MORE_PROCESSING_REQUIRED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.TreeSet;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.IoStatusBlock;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.Verifier;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

/** Every choice of calls that pend is tried, on both machines, and a driver that does not expect it is found. */
class ForcePendingTest {
  private static Scenario hunted(Scenario.Model model) {
    return Scenario.named("forced").forcePending().model(model);
  }

  private static DeviceObject prompt(Machine machine) {
    return IoManager.of(machine)
        .createDevice(new DriverObject("prompt").setMajorFunction(IRP_MJ_READ, ForcePendingTest::complete), "disk", null);
  }

  private static NtStatus complete(DeviceObject device, Irp irp) {
    irp.setIoStatus(STATUS_SUCCESS, 0);
    irp.io().completeRequest(irp);
    return STATUS_SUCCESS;
  }

  /** A driver that builds its request with an event, and forgets the wait or not. */
  private static Scenario.Model readsIosb(boolean waits) {
    return machine -> {
      DeviceObject disk = prompt(machine);
      machine.startThread(
          "Driver",
          () -> {
            KEvent done = new KEvent("done", KEvent.Type.NOTIFICATION_EVENT, false);
            IoStatusBlock iosb = new IoStatusBlock();
            Irp irp = disk.io().buildSynchronousFsdRequest(IRP_MJ_READ, disk, null, 0, 0, done, iosb);
            if (disk.io().callDriver(disk, irp).equals(STATUS_PENDING) && waits) {
              done.waitForSingleObject();
            }
            iosb.status();
          });
    };
  }

  /** A driver that allocates its IRP and frees it in its completion routine; it looks at the IRP afterwards or not. */
  private static Scenario.Model freesInCompletionRoutine(boolean looksAfterwards) {
    return machine -> {
      DeviceObject disk = prompt(machine);
      machine.startThread(
          "Driver",
          () -> {
            Irp irp = disk.io().allocateIrp(1);
            irp.nextStackLocation().setMajorFunction(IRP_MJ_READ);
            irp.setCompletionRoutine(
                (device, back, context) -> {
                  if (back.pendingReturned()) {
                    back.io().freeIrp(back);
                  }
                  return STATUS_MORE_PROCESSING_REQUIRED;
                },
                null,
                true,
                true,
                true);
            if (!disk.io().callDriver(disk, irp).equals(STATUS_PENDING)) {
              disk.io().freeIrp(irp);
            } else if (looksAfterwards) {
              machine.delay(Activity.current(), 0);
              irp.cancel();
            }
          });
    };
  }

  private static void isFoundOnlyWhenForced(String rule, Scenario.Model model) {
    Scenario scenario = hunted(model);
    Report report = Hunter.explore(scenario);
    assertEquals(Verdict.RACE, report.verdict(), () -> ReportText.of(report));
    assertEquals(rule, report.rule());
    Report again = Hunter.replay(scenario, report.counterexample().replay());
    assertEquals(report.finding().message(), again.finding().message());
    assertEquals(Verdict.VERIFIED, Hunter.explore(Scenario.named("plain").model(model)).verdict());
  }

  private static void isVerified(Scenario.Model model) {
    Report report = Hunter.explore(hunted(model));
    assertEquals(Verdict.VERIFIED, report.verdict(), () -> ReportText.of(report));
  }

  @Test
  void whoReadsTheStatusBlockWithoutWaiting() {
    isFoundOnlyWhenForced("DataRace", readsIosb(false));
    isVerified(readsIosb(true));
  }

  @Test
  void whoLooksAtAnIrpThatItsCompletionRoutineFrees() {
    isFoundOnlyWhenForced("IrpTouchedAfterCompletion", freesInCompletionRoutine(true));
    isVerified(freesInCompletionRoutine(false));
  }

  /** A driver that forwards a request and completes it itself, having waited for it or not. */
  private static Scenario.Model forwards(boolean waits) {
    return machine -> {
      DeviceObject disk = prompt(machine);
      DriverObject driver = new DriverObject("filter");
      DeviceObject filter = disk.io().attachDevice(driver, "filter", null, disk);
      driver.setMajorFunction(
          IRP_MJ_READ,
          (device, irp) -> {
            KEvent back = new KEvent("back", KEvent.Type.NOTIFICATION_EVENT, false);
            irp.copyCurrentStackLocationToNext();
            irp.setCompletionRoutine(ForcePendingTest::wake, back, true, true, true);
            if (irp.io().callDriver(disk, irp).equals(STATUS_PENDING) && waits) {
              back.waitForSingleObject();
            }
            return complete(device, irp);
          });
      machine.startThread("Reader", () -> disk.io().request(new FileObject("F", filter), IRP_MJ_READ));
    };
  }

  private static NtStatus wake(DeviceObject device, Irp irp, Object event) {
    if (irp.pendingReturned()) {
      ((KEvent) event).set();
    }
    return STATUS_MORE_PROCESSING_REQUIRED;
  }

  @Test
  void whoCompletesWhatItHasForwardedWithoutWaiting() {
    isFoundOnlyWhenForced("DoubleCompletion", forwards(false));
    isVerified(forwards(true));
  }

  @Test
  void whoReadsIoStatusAtOnce() {
    isFoundOnlyWhenForced(
        "CompleteRequestStatusCheck",
        machine -> {
          DeviceObject disk = prompt(machine);
          DriverObject driver = new DriverObject("filter");
          DeviceObject filter = disk.io().createDevice(driver, "filter", null);
          driver.setMajorFunction(
              IRP_MJ_READ,
              (device, irp) -> {
                Irp own = disk.io().allocateIrp(1);
                own.nextStackLocation().setMajorFunction(IRP_MJ_READ);
                own.setCompletionRoutine((d, i, c) -> STATUS_MORE_PROCESSING_REQUIRED, null, true, true, true);
                disk.io().callDriver(disk, own);
                irp.setIoStatus(own.status(), 0);
                disk.io().completeRequest(irp);
                return STATUS_SUCCESS;
              });
          machine.startThread("Reader", () -> disk.io().request(new FileObject("F", filter), IRP_MJ_READ));
        });
  }

  @Test
  void everyChoiceOfCallsIsTried() {
    Set<String> seen = new TreeSet<>();
    isVerified(
        machine -> {
          DeviceObject disk = prompt(machine);
          machine.startThread(
              "Driver",
              () -> {
                StringBuilder answers = new StringBuilder();
                for (int i = 0; i < 3; i++) {
                  KEvent done = new KEvent("done", KEvent.Type.NOTIFICATION_EVENT, false);
                  IoStatusBlock iosb = new IoStatusBlock();
                  Irp irp = disk.io().buildSynchronousFsdRequest(IRP_MJ_READ, disk, null, 0, 0, done, iosb);
                  boolean pends = disk.io().callDriver(disk, irp).equals(STATUS_PENDING);
                  answers.append(pends ? 'P' : '-');
                  if (pends) {
                    done.waitForSingleObject();
                  }
                }
                seen.add(answers.toString());
              });
        });
    assertEquals(Set.of("---", "--P", "-P-", "-PP", "P--", "P-P", "PP-", "PPP"), seen);
  }

  @Test
  void hammeringForcesSomeToo() {
    Hammer hammer =
        new Hammer(
            hunted(
                machine -> {
                  DeviceObject disk = prompt(machine);
                  Irp irp = disk.io().allocateIrp(1);
                  machine.startThread(
                      "Driver",
                      () -> {
                        irp.nextStackLocation().setMajorFunction(IRP_MJ_READ);
                        irp.setCompletionRoutine((d, i, c) -> STATUS_MORE_PROCESSING_REQUIRED, null, true, true, true);
                        disk.io().callDriver(disk, irp);
                        disk.io().freeIrp(irp);
                      });
                }),
            1);
    hammer.hammer(100);
    assertTrue(hammer.hasFound());
    assertEquals("IoFreeIrp", hammer.report().rule());
  }

  @Test
  void aVerifierThatIsOffIsRefused() {
    Scenario.Builder builder = Scenario.named("off").verifier(Verifier.OFF).forcePending();
    assertThrows(IllegalStateException.class, () -> builder.model(machine -> {}));
  }

  /** A filter that hands its own location down, and takes the driver below to be prompt or not. */
  private static Scenario.Model skips(boolean saysSuccess) {
    return machine -> {
      DeviceObject disk = prompt(machine);
      DriverObject filter =
          new DriverObject("filter")
              .setMajorFunction(
                  IRP_MJ_READ,
                  (device, irp) -> {
                    irp.skipCurrentStackLocation();
                    NtStatus status = irp.io().callDriver(disk, irp);
                    return saysSuccess ? STATUS_SUCCESS : status;
                  });
      DeviceObject device = disk.io().attachDevice(filter, "filter", null, disk);
      Irp read = disk.io().buildRequest(new FileObject("file", device), IRP_MJ_READ);
      machine.startThread("Read", () -> disk.io().callDriver(device, read));
    };
  }

  @Test
  void aDriverThatSkipsItsLocationIsProvokedToo() {
    assertEquals("MarkIrpPending", Hunter.explore(hunted(skips(true))).rule());
    assertEquals(Verdict.VERIFIED, Hunter.explore(hunted(skips(false))).verdict());
  }
}
