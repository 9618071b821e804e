package org.cancelsafe.examples.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cancelsafe.csq.FifoCallbacks;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverDispatch;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

/** The README's code is this code, and its trace is the one that is printed. */
class ReadmeTest {
  // README: scenario
  static Scenario scenario(DriverDispatch read) {
    return Scenario.named("readme")
        .about("a read is dispatched and cancelled")
        .model(
            machine -> {
              IoManager io = IoManager.of(machine);
              DriverObject driver = new DriverObject("mydriver").setMajorFunction(MajorFunction.IRP_MJ_READ, read);
              DeviceObject device = io.createDevice(driver, "dev0", null);
              Irp irp = io.buildRequest(new FileObject("file", device), MajorFunction.IRP_MJ_READ);
              machine.startThread("Dispatch", () -> io.callDriver(device, irp));
              machine.startThread("Cancel", () -> io.cancelIrp(irp));
            });
  }
  // README: end

  private static Scenario broken() {
    return Scenario.named("readme")
        .about("a read is dispatched and cancelled")
        .model(machine -> scenario(new PendedReads()::read).model().setUp(machine));
  }

  private static Scenario fixed() {
    return Scenario.named("readme").model(machine -> setUpWithCsq(machine));
  }

  private static void setUpWithCsq(Machine machine) {
    // README: fix
    IoCsq csq = new IoCsq();
    csq.initialize(new FifoCallbacks("queue"));
    DriverDispatch read =
        (device, irp) -> {
          csq.insertIrp(irp, null);
          return NtStatus.STATUS_PENDING;
        };
    // README: end
    scenario(read).model().setUp(machine);
  }

  @Test
  void theTraceOfTheBrokenQueueIsTheOneInTheReadme() throws IOException {
    Report report = Hunter.explore(broken());
    assertEquals(Verdict.RACE, report.verdict());
    String text = ReportText.of(report);
    assertTrue(readme().contains(text), "the README does not contain:\n" + text);
  }

  @Test
  void theFixIsVerified() {
    assertEquals(Verdict.VERIFIED, Hunter.explore(fixed()).verdict());
  }

  @Test
  void theCodeIsTheOneInTheReadme() throws IOException {
    Path here = Path.of("src/test/java/org/cancelsafe/examples/readme");
    for (String source : List.of("PendedReads.java", "ReadmeTest.java")) {
      String[] parts = Files.readString(here.resolve(source)).split("// README: (?=broken|scenario|fix)");
      for (int i = 1; i < parts.length; i++) {
        String block = parts[i].substring(parts[i].indexOf('\n') + 1, parts[i].indexOf("// README: end"));
        String code = block.stripTrailing().stripIndent();
        assertTrue(readme().contains(code), "the README does not contain:\n" + code);
      }
    }
  }

  private static String readme() throws IOException {
    return Files.readString(Path.of("../README.md"));
  }
}
