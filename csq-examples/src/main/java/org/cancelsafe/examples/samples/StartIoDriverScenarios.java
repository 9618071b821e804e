package org.cancelsafe.examples.samples;

import com.google.auto.service.AutoService;
import com.google.common.collect.ImmutableList;
import java.util.List;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.csq.StartIoCallbacks;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.examples.drivers.Expect;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/** S-2. */
@AutoService(CatalogueEntry.class)
public final class StartIoDriverScenarios implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("S-2", Family.DESIGNS, "A cancel-safe queue in the place of StartIo")
        .text(
            """
            A read that finds the device idle is declined by the queue and started by its own dispatch routine; the
            others wait. The device is polled: while it is not ready a timer's DPC asks again, and when it is, the
            next IRP is taken out of the queue and started. An IRP in service has no cancel routine. The mistakes
            are those that it avoids.""")
        .shipped("Windows driver samples, `general/cancel/startio`.")
        .mistake(FirstPeekOnly.class)
        .mistake(IdleTooLate.class)
        .mistake(BusyTooLate.class)
        .mistake(TakesAnyIrp.class)
        .correction(StartIoDriver.class, "read")
        .correction(StartIoDriver.class, "nextIrp");
  }

  @Override
  public List<Scenario> scenarios() {
    return ImmutableList.of(
        Scenario.named("S-2.broken")
            .about("a candidate lost to its cancellation stays the current IRP")
            .expectingRace("AssertionFailed")
            .model(machine -> cancelNext(machine, new StartIoDriver(machine, new FirstPeekOnly(), false))),
        Scenario.named("S-2.fixed")
            .about("the next IRP is cancelled while the device finishes the one before")
            .model(machine -> cancelNext(machine, StartIoDriver.ofSlowDevice(machine))),
        Scenario.named("S-2.broken-idle")
            .about("found empty and made idle in two steps: a read goes in between")
            .expectingRace("AssertionFailed")
            .model(machine -> readWhileFinishing(machine, new IdleTooLate(machine, new OwnStartIoCallbacks()))),
        Scenario.named("S-2.fixed-idle")
            .about("a read arrives while the device finishes the last one")
            .model(machine -> readWhileFinishing(machine, StartIoDriver.ofSlowDevice(machine))),
        Scenario.named("S-2.broken-two")
            .about("found idle and made busy in two steps: two IRPs are started")
            .expectingRace("DataRace")
            .model(machine -> readTwice(machine, new BusyTooLate(machine, new AskedBefore()))),
        Scenario.named("S-2.fixed-two")
            .about("two reads find the device idle")
            .model(machine -> readTwice(machine, StartIoDriver.ofSlowDevice(machine))),
        Scenario.named("S-2.broken-cleanup")
            .about("cleanup takes any IRP, and says that the device is idle")
            .expectingRace("AssertionFailed")
            .model(machine -> cleanUp(machine, new TakesAnyIrp(machine))),
        Scenario.named("S-2.fixed-cleanup")
            .about("cleanup of a file, then a read of another, while the device works")
            .model(machine -> cleanUp(machine, StartIoDriver.ofSlowDevice(machine))));
  }

  private static void cancelNext(Machine machine, StartIoDriver driver) {
    FileObject file = driver.open("file");
    Irp current = driver.newRead(file);
    Irp next = driver.newRead(file);
    Irp later = driver.newRead(file);
    driver.send(current);
    driver.send(next);
    machine.startThread(
        "Cancel",
        () -> {
          driver.cancel(next);
          driver.send(later);
        });
    machine.afterwards(() -> Expect.completed(current, next, later));
  }

  private static void readWhileFinishing(Machine machine, StartIoDriver driver) {
    FileObject file = driver.open("file");
    Irp current = driver.newRead(file);
    Irp next = driver.newRead(file);
    driver.send(current);
    machine.startThread("Read", () -> driver.send(next));
    machine.afterwards(() -> Expect.completed(current, next));
  }

  private static void readTwice(Machine machine, StartIoDriver driver) {
    FileObject file = driver.open("file");
    Irp one = driver.newRead(file);
    Irp two = driver.newRead(file);
    machine.startThread("Read1", () -> driver.send(one));
    machine.startThread("Read2", () -> driver.send(two));
    machine.afterwards(() -> Expect.completed(one, two));
  }

  private static void cleanUp(Machine machine, StartIoDriver driver) {
    FileObject file = driver.open("file");
    FileObject other = driver.open("other");
    Irp current = driver.newRead(other);
    Irp queued = driver.newRead(file);
    Irp later = driver.newRead(other);
    driver.send(current);
    driver.send(queued);
    machine.startThread(
        "Cleanup",
        () -> {
          driver.close(file);
          driver.send(later);
        });
    machine.afterwards(() -> Expect.completed(current, queued, later));
  }

  private static final class FirstPeekOnly extends OwnStartIoCallbacks {
    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      Irp candidate = super.peekNextIrp(csq, irp, peekContext);
      if (peekContext == null && irp == null) {
        currentIrp.set(candidate);
      }
      return candidate;
    }
  }

  private static final class IdleTooLate extends StartIoDriver {
    private final OwnStartIoCallbacks callbacks;

    IdleTooLate(Machine machine, OwnStartIoCallbacks callbacks) {
      super(machine, callbacks, false);
      this.callbacks = callbacks;
    }

    @Override
    @Nullable Irp nextIrp() {
      Irp irp = super.nextIrp();
      callbacks.makeCurrent(csq, irp);
      return irp;
    }
  }

  private static final class AskedBefore extends OwnStartIoCallbacks {
    @Override
    boolean isIdle(@Nullable Object insertContext) {
      return Boolean.TRUE.equals(insertContext) || super.isIdle(null);
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      Irp candidate = super.peekNextIrp(csq, irp, peekContext);
      if (peekContext == null) {
        currentIrp.set(candidate);
      }
      return candidate;
    }
  }

  private static final class BusyTooLate extends StartIoDriver {
    private final OwnStartIoCallbacks callbacks;

    BusyTooLate(Machine machine, OwnStartIoCallbacks callbacks) {
      super(machine, callbacks, false);
      this.callbacks = callbacks;
    }

    @Override
    NtStatus insert(Irp irp) {
      return csq.insertIrpEx(irp, null, callbacks.isIdleNow(csq));
    }
  }

  private static final class TakesAnyIrp extends StartIoDriver {
    TakesAnyIrp(Machine machine) {
      super(machine, new StartIoCallbacks("queue"), false);
    }

    @Override
    @Nullable Object peekContext(@Nullable FileObject file) {
      return null;
    }
  }
}
