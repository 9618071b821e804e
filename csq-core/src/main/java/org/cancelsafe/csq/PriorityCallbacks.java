package org.cancelsafe.csq;

import java.util.Comparator;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.Irp;

/** By priority: an IRP goes behind all that compare lower or equal, so equals keep their order of arrival. */
public final class PriorityCallbacks extends FifoCallbacks {
  private final Comparator<? super Irp> order;

  /**
   * An empty queue with this name for traces.
   *
   * @param order which IRPs come first; it may look at what belongs to the queue's owner only
   */
  public PriorityCallbacks(String name, Comparator<? super Irp> order) {
    super(name);
    this.order = order;
  }

  @Override
  public void insertIrp(IoCsq csq, Irp irp) {
    ListEntry behind = queue().blink();
    ListEntry before = queue();
    while (behind != null && behind != queue() && order.compare(Irp.fromListEntry(behind), irp) > 0) {
      before = behind;
      behind = behind.blink();
    }
    irp.listEntry().insertBefore(before);
  }
}
