package org.cancelsafe.examples.readme;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Verdict;
import org.junit.jupiter.api.Test;

/** What the README says of its example. */
class ReadmeTest {
  @Test
  void theBrokenQueueIsCaught() {
    assertEquals(Verdict.RACE, Hunter.explore(Readme.scenarios().get(0)).verdict());
  }

  @Test
  void theFixIsVerified() {
    assertEquals(Verdict.VERIFIED, Hunter.explore(Readme.scenarios().get(1)).verdict());
  }

  @Test
  void aModelRunsOnALiveMachine() {
try (Machine machine = Machine.live().processors(2).build()) {
      machine.run(
          () -> {
            IoManager io = IoManager.of(machine);
            DriverObject driver = new DriverObject("mydriver").setMajorFunction(IRP_MJ_READ, Readme.readIntoCsq());
            DeviceObject device = io.createDevice(driver, "dev0", null);
            Irp irp = io.request(new FileObject("file", device), IRP_MJ_READ);
            io.cancelIrp(irp);
            assertEquals(STATUS_CANCELLED, irp.userIosb().status());
          });
    }
  }
}
