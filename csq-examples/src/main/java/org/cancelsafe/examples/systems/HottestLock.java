package org.cancelsafe.examples.systems;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.function.BiFunction;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/**
 * The hottest lock in the system: the same driver with the system's cancel spin lock and with a cancel-safe queue. Both
 * are correct, as exploring shows; what the difference costs, {@link Contention} measures.
 */
@AutoService(CatalogueEntry.class)
public final class HottestLock implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("hottest-lock", Family.DESIGNS, "The cancel spin lock as a queue's lock")
        .text(
            """
            The same driver with the system's cancel spin lock and with a cancel-safe queue. Both are correct; what
            the difference costs, `csq contention` measures.""")
        .correction(CancelLockReadQueue.class)
        .correction(CsqReadQueue.class);
  }

  /** How a device's queue is made; with the name that it has in the list of designs. */
  enum Design {
    /** The system's cancel spin lock is the queue's lock. */
    CANCEL_SPIN_LOCK("cancel-spin-lock", CancelLockReadQueue::new),
    /** A cancel-safe queue with a lock of its own. */
    CANCEL_SAFE_QUEUE("cancel-safe-queue", (io, name) -> new CsqReadQueue(name));

    private final String text;
    private final BiFunction<IoManager, String, ReadQueue> maker;

    Design(String text, BiFunction<IoManager, String, ReadQueue> maker) {
      this.text = text;
      this.maker = maker;
    }

    ReadQueue queue(IoManager io, String name) {
      return maker.apply(io, name);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        scenario(Design.CANCEL_SPIN_LOCK, "two devices share the system's cancel spin lock as their queues' lock"),
        scenario(Design.CANCEL_SAFE_QUEUE, "the same two devices, each with a cancel-safe queue"));
  }

  private static Scenario scenario(Design design, String about) {
    return Scenario.named("hottest-lock." + design)
        .about(about)
        .model(
            machine -> {
              IoManager io = IoManager.of(machine);
              ReadQueue served = design.queue(io, "served");
              DeviceObject first = served.device(io, "first");
              DeviceObject second = design.queue(io, "cancelled").device(io, "second");
              Irp kept = io.buildRequest(new FileObject("kept", first), MajorFunction.IRP_MJ_READ);
              Irp dropped = io.buildRequest(new FileObject("dropped", second), MajorFunction.IRP_MJ_READ);
              machine.startThread(
                  "Client",
                  () -> {
                    io.callDriver(first, kept);
                    io.callDriver(second, dropped);
                  });
              machine.startThread("Service", served::serve);
              machine.startThread(
                  "Cancel",
                  () -> {
                    io.cancelIrp(dropped);
                    io.cancelIrp(kept);
                  });
            });
  }
}
