package org.cancelsafe.examples.shipped;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/** B-28. */
@AutoService(CatalogueEntry.class)
public final class B28 implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("B-28", Family.ARMING, "Both complete, and a fix of three versions")
        .text(
            """
            One slot for the IRP that waits. The writer takes it from the slot, clears the routine, ignores what it
            was, and completes. The cancel routine completes it whether it was still in the slot or not. It took
            three versions to go away; what the first two differed in is a guess here: that the second moved the
            writer's exchange under the buffer's lock. So is that both let go of the cancel spin lock first. The
            third still shows B-29.""")
        .shipped("Fort Firewall a79fc849 and ada5f685 (2023), fixed in 973ce915 (2024); issue tnodir/fort#289.")
        .mistake(Version1.class, "take")
        .mistake(Version2.class, "cancelPending")
        .mistake(Version2.class, "take")
        .correction(FortDriver.class, "cancelPending")
        .correction(FortDriver.class, "clearSlot");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("B-28.v1")
            .about("fort: writer and cancel routine both complete the IRP")
            .expectingRace("DoubleCompletion")
            .model(machine -> race(machine, new Version1(), true)),
        Scenario.named("B-28.v2")
            .about("fort: exchange under the lock, its result still ignored")
            .expectingRace("DoubleCompletion")
            .model(machine -> race(machine, new Version2(), true)),
        Scenario.named("B-28.v3")
            .about("fort: completed once, but armed after it was given away (B-29)")
            .expectingRace("DataRace")
            .model(machine -> race(machine, new Version3(), true)),
        Scenario.named("B-28.fixed")
            .about("fort: armed under the lock as well, Cancel tested")
            .model(machine -> race(machine, new FortDriver(), true)));
  }

  /** B-29: the IRP is in the slot, for a writer to complete, before it is marked pending and armed. */
  static class Version3 extends FortDriver {
    @Override
    NtStatus park(Buffer buf, Irp irp, Irql irql) {
      buf.irp.set(irp);
      buf.lock.release(irql);
      irp.markPending();
      irp.setCancelRoutine(this::cancelPending);
      return NtStatus.STATUS_PENDING;
    }
  }

  /** The cancel routine completes the IRP whether it found it or not; the writer is told by the exchange, in vain. */
  private static class Version2 extends Version3 {
    @Override
    void cancelPending(DeviceObject device, Irp irp) {
      irp.io().releaseCancelSpinLock(irp.cancelIrql());
      clearSlot(device.deviceExtension(Buffer.class), irp);
      irp.io().completeRequest(irp);
    }

    @Override
    @Nullable Irp take(Buffer buf) {
      Irql irql = buf.lock.acquire();
      Irp irp = emptySlot(buf);
      if (irp != null) {
        irp.setCancelRoutine(null);
      }
      buf.lock.release(irql);
      return irp;
    }
  }

  /** The writer clears the routine after the lock. */
  private static final class Version1 extends Version2 {
    @Override
    @Nullable Irp take(Buffer buf) {
      Irql irql = buf.lock.acquire();
      Irp irp = emptySlot(buf);
      buf.lock.release(irql);
      if (irp != null) {
        irp.setCancelRoutine(null);
      }
      return irp;
    }
  }

  static void race(Machine machine, FortDriver driver, boolean logging) {
    IoManager io = IoManager.of(machine);
    FortDriver.Buffer buf = new FortDriver.Buffer();
    DeviceObject device = io.createDevice(driver.driverObject(), "\\Device\\fortfw", buf);
    Irp getLogs = io.buildRequest(new FileObject("log", device), MajorFunction.IRP_MJ_DEVICE_CONTROL);
    machine.startThread("GetLogs", () -> io.callDriver(device, getLogs));
    machine.startThread("Cancel", () -> io.cancelIrp(getLogs));
    if (logging) {
      machine.startThread("Write", () -> driver.write(buf));
    }
  }
}
