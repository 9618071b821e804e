package org.cancelsafe.examples.textbook;

import java.util.List;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/**
 * T-9: the IRP is unlinked under the lock, but claimed only afterwards. In between, a cancel routine that is called
 * unlinks an IRP that is in no list.
 */
public final class T09ExchangeAfterUnlock {
  private T09ExchangeAfterUnlock() {}

  private static final class Broken extends PendingReadDriver {
    @Override
    protected @Nullable Irp dequeue(Extension extension) {
      Irql irql = extension.lock.acquire();
      ListEntry entry = extension.queue.removeHead();
      extension.lock.release(irql);
      if (entry == extension.queue) {
        return null;
      }
      Irp irp = Irp.fromListEntry(entry);
      return irp.setCancelRoutine(null) != null ? irp : null;
    }
  }

  /** The mistake, then how it is done right. */
  public static List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-9.broken")
            .about("unlinks under the lock, exchanges after it")
            .expectingRace("CorruptListEntry")
            .model(Requests.writeWhileCancelling(Broken::new)),
        Scenario.named("T-9.fixed")
            .about("unlinks and exchanges under one lock")
            .model(Requests.writeWhileCancelling(PendingReadDriver::new)));
  }
}
