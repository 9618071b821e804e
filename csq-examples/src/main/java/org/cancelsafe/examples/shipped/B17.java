package org.cancelsafe.examples.shipped;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_WRITE;
import static org.cancelsafe.emu.io.NtStatus.STATUS_MORE_PROCESSING_REQUIRED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.function.Supplier;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.examples.drivers.PoolBlock;
import org.cancelsafe.examples.textbook.PendingReadDriver;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Model;

/** B-17. */
@AutoService(CatalogueEntry.class)
public final class B17 implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("B-17", Family.COMPLETION, "A timeout cancels what may be freed")
        .text(
            """
            Whoever made the IRP waits for it with a timeout, on whose expiry it calls IoCancelIrp and returns. The IRP
            may be completed and freed before that. And it returns while the completion routine still writes to an
            event and a status block on its stack.

            The cure is one word that both exchange, CANCELABLE, CANCEL_STARTED, CANCEL_COMPLETE and COMPLETED: whoever
            comes second frees the IRP. And the event is always waited for.""")
        .shipped("libusb-win32 until f41b963d (2021) and 52898f0a (2023); mcuee/libusb-win32#19.")
        .mistake(Freed.class)
        .mistake(DeadStack.class)
        .correction(TimedCall.class, "completed")
        .correction(TimedCall.class, "timedOut");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("B-17.freed")
            .about("libusb-win32: the IRP is freed before IoCancelIrp gets to it")
            .expectingRace("IrpTouchedAfterCompletion")
            .model(callWithTimeout(Freed::new)),
        Scenario.named("B-17.stack")
            .about("libusb-win32: returns while the completion writes to its stack")
            .expectingRace("DataRace")
            .model(callWithTimeout(DeadStack::new)),
        Scenario.named("B-17.fixed")
            .about("libusb-win32: whoever comes second frees, the event is waited for")
            .model(callWithTimeout(TimedCall::new)));
  }

  private static class TimedCall {
    private static final long CANCELABLE = 0;
    private static final long CANCEL_STARTED = 1;
    private static final long CANCEL_COMPLETE = 2;
    private static final long COMPLETED = 3;

    final KEvent event = new KEvent("event", KEvent.Type.NOTIFICATION_EVENT, false);
    final PoolBlock stack = new PoolBlock("stack");
    final InterlockedLong state = new InterlockedLong("state", CANCELABLE);

    final NtStatus call(IoManager io, Irp irp, DeviceObject device) {
      irp.nextStackLocation().setMajorFunction(IRP_MJ_READ);
      irp.setCompletionRoutine((above, done, context) -> completed(io, done), null, true, true, true);
      io.callDriver(device, irp);
      if (!event.waitForSingleObject(100)) {
        timedOut(io, irp);
      }
      stack.free();
      return STATUS_SUCCESS;
    }

    NtStatus completed(IoManager io, Irp irp) {
      if (state.exchange(COMPLETED) != CANCEL_STARTED) {
        io.freeIrp(irp);
      }
      stack.use();
      event.set();
      return STATUS_MORE_PROCESSING_REQUIRED;
    }

    void timedOut(IoManager io, Irp irp) {
      if (state.compareExchange(CANCEL_STARTED, CANCELABLE) == CANCELABLE) {
        io.cancelIrp(irp);
        if (state.exchange(CANCEL_COMPLETE) == COMPLETED) {
          io.freeIrp(irp);
        }
      }
      event.waitForSingleObject();
    }
  }

  private static final class Freed extends TimedCall {
    @Override
    NtStatus completed(IoManager io, Irp irp) {
      io.freeIrp(irp);
      stack.use();
      event.set();
      return STATUS_MORE_PROCESSING_REQUIRED;
    }

    @Override
    void timedOut(IoManager io, Irp irp) {
      io.cancelIrp(irp);
      event.waitForSingleObject();
    }
  }

  private static final class DeadStack extends TimedCall {
    @Override
    void timedOut(IoManager io, Irp irp) {}
  }

  private static Model callWithTimeout(Supplier<TimedCall> made) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      DeviceObject device = new PendingReadDriver().addDevice(io);
      TimedCall call = made.get();
      machine.startThread("Call", () -> call.call(io, io.allocateIrp(device.stackSize()), device));
      machine.startThread("Write", () -> io.request(new FileObject("file", device), IRP_MJ_WRITE));
    };
  }
}
