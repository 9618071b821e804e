package org.cancelsafe.models;

import java.util.List;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KInterrupt;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.hunter.scenario.Scenario;

/** One small scenario for every shape that a trace can have. */
public final class Shapes {
  private static final int MANY = 6;

  private Shapes() {}

  /** All of them. */
  public static List<Scenario> all() {
    return List.of(
        Scenario.named("deadlock").about("two locks in two orders").model(Shapes::deadlock),
        Scenario.named("data-race").about("one of two forgets the lock").model(Shapes::dataRace),
        Scenario.named("status-race").about("two set the status of an IRP").model(Shapes::statusRace),
        Scenario.named("double-completion").about("two complete an IRP").model(Shapes::doubleCompletion),
        Scenario.named("lost-cancel").about("a cancel routine is set too late").model(Shapes::lostCancel),
        Scenario.named("assertion").about("two read, then write").model(Shapes::assertion),
        Scenario.named("no-progress").about("one waits for what the other waits for").model(Shapes::noProgress),
        Scenario.named("exception").about("null, until it is set").model(Shapes::exception),
        Scenario.named("dpc").about("a DPC comes in between").model(Shapes::dpc),
        Scenario.named("timer").about("a timer expires too early").model(Shapes::timer),
        Scenario.named("interrupt").about("an ISR wants its thread's lock").processors(1).model(Shapes::interrupt),
        Scenario.named("many-activities").about("six threads and long names").model(Shapes::manyActivities),
        Scenario.named("folded").about("one cancel is lost while two mind their own business").model(Shapes::folded));
  }

  private static void deadlock(Machine machine) {
    KSpinLock one = new KSpinLock("one");
    KSpinLock two = new KSpinLock("two");
    machine.startThread("Upwards", () -> takeBoth(one, two));
    machine.startThread("Downwards", () -> takeBoth(two, one));
  }

  private static void takeBoth(KSpinLock outer, KSpinLock inner) {
    Irql old = outer.acquire();
    inner.acquireAtDpcLevel();
    inner.releaseFromDpcLevel();
    outer.release(old);
  }

  private static void dataRace(Machine machine) {
    KSpinLock lock = new KSpinLock("lock");
    Shared<Integer> open = new Shared<>("OpenCount", 0);
    machine.startThread(
        "Create",
        () -> {
          Irql old = lock.acquire();
          open.set(open.get() + 1);
          lock.release(old);
        });
    machine.startThread("Query", () -> open.get());
  }

  private static Irp irp(Machine machine) {
    IoManager io = IoManager.of(machine);
    DeviceObject device = io.createDevice(new DriverObject("driver"), "device", null);
    return io.buildRequest(new FileObject("file", device), MajorFunction.IRP_MJ_READ);
  }

  private static void statusRace(Machine machine) {
    Irp irp = irp(machine);
    machine.startThread("Dpc", () -> irp.setIoStatus(NtStatus.STATUS_SUCCESS, 1));
    machine.startThread("Cleanup", () -> irp.setIoStatus(NtStatus.STATUS_CANCELLED, 0));
  }

  private static void doubleCompletion(Machine machine) {
    Irp irp = irp(machine);
    machine.startThread("Dpc", () -> complete(machine, irp));
    machine.startThread("Cleanup", () -> complete(machine, irp));
  }

  private static void complete(Machine machine, Irp irp) {
    IoManager.of(machine).completeRequest(irp);
  }

  private static void lostCancel(Machine machine) {
    IoManager io = IoManager.of(machine);
    DriverObject driver =
        new DriverObject("driver").setMajorFunction(
            MajorFunction.IRP_MJ_READ,
            (device, irp) -> {
              irp.markPending();
              if (!irp.cancel()) {
                irp.setCancelRoutine((cancelled, itself) -> io.releaseCancelSpinLock(itself.cancelIrql()));
              }
              return NtStatus.STATUS_PENDING;
            });
    DeviceObject device = io.createDevice(driver, "device", null);
    Irp irp = io.buildRequest(new FileObject("file", device), MajorFunction.IRP_MJ_READ);
    machine.startThread("Read", () -> io.callDriver(device, irp));
    machine.startThread("Cancel", () -> io.cancelIrp(irp));
  }

  private static void assertion(Machine machine) {
    InterlockedLong counter = new InterlockedLong("counter", 0);
    Runnable add = () -> counter.write(counter.read() + 1);
    machine.startThread("One", add);
    machine.startThread("Two", add);
    machine.afterwards(() -> check(counter.read() == 2, "counted to " + counter.read()));
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  private static void noProgress(Machine machine) {
    InterlockedLong one = new InterlockedLong("one", 0);
    InterlockedLong two = new InterlockedLong("two", 0);
    machine.startThread("One", () -> waitThenSet(one, two));
    machine.startThread("Two", () -> waitThenSet(two, one));
  }

  private static void waitThenSet(InterlockedLong awaited, InterlockedLong given) {
    while (awaited.read() == 0) {
      // polls
    }
    given.write(1);
  }

  private static void exception(Machine machine) {
    InterlockedLong ready = new InterlockedLong("ready", 0);
    String[] names = new String[1];
    machine.startThread(
        "Start",
        () -> {
          ready.write(1);
          ready.write(2);
          names[0] = "name";
        });
    machine.startThread("Use", () -> check(ready.read() == 0 || !names[0].isEmpty(), "empty"));
  }

  private static void dpc(Machine machine) {
    InterlockedLong state = new InterlockedLong("state", 0);
    KDpc dpc = new KDpc("IsrDpc", (self, context, one, two) -> check(state.read() != 1, "half done"), null);
    machine.startThread(
        "Start",
        () -> {
          state.write(1);
          dpc.insertQueue(null, null);
          state.write(2);
        });
  }

  private static void timer(Machine machine) {
    InterlockedLong armed = new InterlockedLong("armed", 0);
    KTimer timer = new KTimer("Watchdog");
    KDpc dpc = new KDpc("WatchdogDpc", (self, context, one, two) -> check(armed.read() == 1, "not armed"), null);
    machine.startThread(
        "Arm",
        () -> {
          timer.set(10, dpc);
          armed.write(1);
        });
  }

  private static void interrupt(Machine machine) {
    KSpinLock lock = new KSpinLock("lock");
    KInterrupt nic =
        KInterrupt.named("nic")
            .irql(Irql.DIRQL_5)
            .serviceRoutine(
                (interrupt, context) -> {
                  lock.acquireAtDpcLevel();
                  lock.releaseFromDpcLevel();
                  return true;
                },
                null)
            .build();
    IoManager.of(machine).connectInterrupt(nic);
    machine.startHardware("device", nic::assertInterrupt);
    machine.startThread("Send", () -> count(lock));
  }

  private static void manyActivities(Machine machine) {
    InterlockedLong counter = new InterlockedLong("a counter with a name that nobody would want to read twice", 0);
    for (int i = 1; i <= MANY; i++) {
      machine.startThread("a thread with quite a long name, number " + i, () -> counter.write(counter.read() + 1));
    }
    machine.afterwards(() -> check(counter.read() == MANY, "counted to " + counter.read()));
  }

  private static void folded(Machine machine) {
    KSpinLock statistics = new KSpinLock("statistics");
    machine.startThread("Logger", () -> count(statistics));
    machine.startThread("Monitor", () -> count(statistics));
    lostCancel(machine);
  }

  private static void count(KSpinLock statistics) {
    Irql old = statistics.acquire();
    statistics.release(old);
  }
}
