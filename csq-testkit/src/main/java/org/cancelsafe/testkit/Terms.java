package org.cancelsafe.testkit;

import java.util.function.ObjIntConsumer;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Irql;

/**
 * What a queue promises, and what it expects of its clients.
 *
 * @param order in which IRPs come out
 * @param highestIrql the highest IRQL it is used at
 * @param priorities how many it tells apart
 * @param priority how an IRP that is to be sent is given its priority
 */
record Terms(Order order, Irql highestIrql, int priorities, ObjIntConsumer<Irp> priority) {
  /** Those of {@link QueueHammer}: spin lock, files, and the length as priority. */
  static Terms of(Order order) {
    return new Terms(
        order,
        Irql.DISPATCH_LEVEL,
        Integer.MAX_VALUE,
        (irp, priority) -> irp.nextStackLocation().setLength(priority));
  }
}
