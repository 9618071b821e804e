package org.cancelsafe.examples.textbook;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_WRITE;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.function.Supplier;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.examples.drivers.Expect;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Model;

/** T-38. */
@AutoService(CatalogueEntry.class)
public final class T38CancelledMaster implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-38", Family.COMPLETION, "A master IRP is cancelled, and its associated IRPs are not")
        .text(
            """
            To cancel a master IRP does not cancel the associated ones: its driver's cancel routine has to. Without one
            the master waits as long as they do. One that completes the master itself takes it away from those who
            still work for it; the I/O manager completes it with the last associated IRP. One that cancels what is left
            uses IRPs, the master included, that are freed when the last completion comes first.""")
        .mistake(CompletesTheMaster.class, "cancel")
        .mistake(WaitsForNobody.class, "isCancelRoutineAbout")
        .correction(SplitDriver.class, "isCancelRoutineAbout")
        .correction(SplitDriver.class, "cancelHalves");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-38.waits")
            .about("the master has no cancel routine")
            .expectingRace("CancelledIrpNotCompleted")
            .model(cancelTheMaster(NotCancelable::new)),
        Scenario.named("T-38.completes")
            .about("the cancel routine completes the master")
            .expectingRace("IrpTouchedAfterCompletion")
            .model(cancelAndServeTheLast(CompletesTheMaster::new)),
        Scenario.named("T-38.freed")
            .about("the last half is completed while the cancel routine is at work")
            .expectingRace("IrpTouchedAfterCompletion")
            .model(cancelAndServeTheLast(WaitsForNobody::new)),
        Scenario.named("T-38.fixed")
            .about("a half that is completed meanwhile waits; one is left")
            .model(cancelAndServeTheLast(SplitDriver::new)),
        Scenario.named("T-38.fixed-both")
            .about("the same with both halves left")
            .model(cancelAndServe(SplitDriver::new)),
        Scenario.named("T-38.fixed-sending")
            .about("the same while the halves are sent")
            .model(cancelWhileSending(SplitDriver::new)));
  }

  private static final class NotCancelable extends SplitDriver {
    @Override
    protected void arm(Split split) {}
  }

  private static final class CompletesTheMaster extends SplitDriver {
    @Override
    protected void cancel(DeviceObject device, Irp master) {
      master.io().releaseCancelSpinLock(master.cancelIrql());
      master.setIoStatus(STATUS_CANCELLED, 0);
      master.io().completeRequest(master);
    }
  }

  private static final class WaitsForNobody extends SplitDriver {
    @Override
    protected boolean isCancelRoutineAbout(Split split) {
      if (split.isNoneLeft()) {
        split.master.setCancelRoutine(null);
      }
      return false;
    }
  }

  /** The two drivers on one machine, and a read that is split. */
  private static final class Stack {
    final IoManager io;
    final DeviceObject lower;
    final Irp read;
    private final DeviceObject upper;

    Stack(IoManager io, SplitDriver driver) {
      this.io = io;
      this.lower = new PendingReadDriver().addDevice(io);
      this.upper = driver.addDevice(io, lower);
      this.read = io.buildRequest(new FileObject("file", upper), IRP_MJ_READ);
    }

    void send() {
      io.callDriver(upper, read);
    }

    void serve() {
      io.request(new FileObject("below", lower), IRP_MJ_WRITE);
    }
  }

  private static Model cancelTheMaster(Supplier<SplitDriver> driver) {
    return machine -> {
      Stack stack = new Stack(IoManager.of(machine), driver.get());
      stack.send();
      machine.startThread("Cancel", () -> stack.io.cancelIrp(stack.read));
      machine.afterwards(() -> Expect.completed(stack.read));
    };
  }

  private static Model cancelAndServeTheLast(Supplier<SplitDriver> driver) {
    return machine -> {
      Stack stack = new Stack(IoManager.of(machine), driver.get());
      stack.send();
      stack.serve();
      machine.startThread("Cancel", () -> stack.io.cancelIrp(stack.read));
      machine.startThread("Write", stack::serve);
      machine.afterwards(() -> Expect.completed(stack.read));
    };
  }

  private static Model cancelAndServe(Supplier<SplitDriver> driver) {
    return machine -> {
      Stack stack = new Stack(IoManager.of(machine), driver.get());
      stack.send();
      machine.startThread("Cancel", () -> stack.io.cancelIrp(stack.read));
      machine.startThread("Write", stack::serve);
      machine.afterwards(() -> Expect.completed(stack.read));
    };
  }

  private static Model cancelWhileSending(Supplier<SplitDriver> driver) {
    return machine -> {
      Stack stack = new Stack(IoManager.of(machine), driver.get());
      machine.startThread("Read", stack::send);
      machine.startThread("Cancel", () -> stack.io.cancelIrp(stack.read));
      machine.afterwards(() -> Expect.completed(stack.read));
    };
  }
}
