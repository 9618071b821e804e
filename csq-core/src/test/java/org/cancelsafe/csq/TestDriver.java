package org.cancelsafe.csq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.function.Consumer;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;

/** A driver with a device and an open file, whose routines are the test itself. */
final class TestDriver {
  final IoManager io;
  final DeviceObject device;
  final FileObject file;

  TestDriver(Machine machine) {
    this.io = IoManager.of(machine);
    this.device = io.createDevice(new DriverObject("test"), "device", null);
    this.file = open("file");
  }

  /** Runs a test on a live machine. */
  static void onMachine(Consumer<TestDriver> test) {
    try (Machine machine = Machine.live().build()) {
      machine.run(() -> test.accept(new TestDriver(machine)));
    }
  }

  /** Runs a test that breaks this rule. */
  static BugCheck stops(Rule rule, Consumer<TestDriver> test) {
    BugCheck stop = assertThrows(BugCheck.class, () -> onMachine(test));
    assertEquals(rule, stop.rule(), stop::getMessage);
    return stop;
  }

  /** That the caller is as a dispatch routine was called: at PASSIVE_LEVEL, with no lock. */
  static void assertAtPassiveLevelWithoutLock() {
    assertEquals(Irql.PASSIVE_LEVEL, Activity.current().irql());
    assertEquals(0, Activity.current().spinLocksHeld());
  }

  FileObject open(String name) {
    return new FileObject(name, device);
  }

  /** An IRP as the dispatch routine gets it. */
  Irp irp() {
    return irp(file);
  }

  Irp irp(FileObject file) {
    Irp irp = io.buildRequest(file, MajorFunction.IRP_MJ_READ);
    irp.setNextStackLocation();
    return irp;
  }

  static void complete(Irp irp) {
    irp.setIoStatus(NtStatus.STATUS_SUCCESS, 1);
    irp.io().completeRequest(irp);
  }
}
