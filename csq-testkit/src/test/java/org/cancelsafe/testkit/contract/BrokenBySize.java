package org.cancelsafe.testkit.contract;

import static org.cancelsafe.testkit.contract.Wrongly.inserting;
import static org.cancelsafe.testkit.contract.Wrongly.of;
import static org.cancelsafe.testkit.contract.Wrongly.peeking;
import static org.cancelsafe.testkit.contract.Wrongly.removing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.testkit.Clause;
import org.cancelsafe.testkit.contract.Queues.Locked;
import org.jspecify.annotations.Nullable;

/** Right as long as there are few, or as long as not much has happened. */
final class BrokenBySize {
  private BrokenBySize() {}

  /** A ring of bytes' indexes, which is empty when they are equal: also when it is full. */
  private static final class ByteRing extends Locked {
    private final @Nullable Irp[] slots = new Irp[256];
    private byte first;
    private byte end;

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      slots[end++ & 0xFF] = irp;
    }

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      List<Irp> left = new ArrayList<>(inOrder());
      left.remove(irp);
      first++;
      end = first;
      left.forEach(other -> slots[end++ & 0xFF] = other);
    }

    private List<Irp> inOrder() {
      List<Irp> irps = new ArrayList<>();
      for (int i = first; i < end; i++) {
        Irp irp = slots[i & 0xFF];
        if (irp != null) {
          irps.add(irp);
        }
      }
      return irps;
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      return next(inOrder(), irp, peekContext);
    }
  }

  /** Sorted by a number of arrival that is a short. */
  private static final class Numbered extends Locked {
    private final Map<Short, Irp> byArrival = new TreeMap<>();
    private short arrivals;

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      byArrival.put(arrivals++, irp);
    }

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      byArrival.values().remove(irp);
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      return next(new ArrayList<>(byArrival.values()), irp, peekContext);
    }
  }

  static List<Broken> all() {
    return List.of(
        Broken.of("insert at the head once there are three",
            inserting((queue, irp) -> queue.irps.size() < 3 ? queue.add(irp) : queue.addAt(0, irp)), Clause.ORDER),
        Broken.of("insert at the head once there are 200",
            inserting((queue, irp) -> queue.irps.size() < 200 ? queue.add(irp) : queue.addAt(0, irp)), Clause.ORDER),
        Broken.of("insert drops the 500th",
            inserting((queue, irp) -> queue.irps.size() < 500 ? queue.add(irp) : Wrongly.drop()),
            Clause.INSERT, Clause.NO_LOST_IRP, Clause.PEEK_CONTEXT),
        Broken.of("insert drops one in a thousand",
            inserting((queue, irp) -> ++queue.counted % 1_000 != 0 ? queue.add(irp) : Wrongly.drop()),
            Clause.INSERT, Clause.NO_LOST_IRP, Clause.PEEK_FIRST, Clause.ORDER),
        Broken.of("insert at the head, one in a hundred",
            inserting((queue, irp) -> ++queue.counted % 100 != 0 ? queue.add(irp) : queue.addAt(0, irp)),
            Clause.ORDER),
        Broken.of("peek gives up after 16 that do not match", peeking((queue, irp, context) -> {
          int from = queue.irps.indexOf(irp) + 1;
          List<Irp> near = queue.irps.subList(from, Math.min(from + 16, queue.irps.size()));
          return Wrongly.next(near, null, context);
        }), Clause.PEEK_CONTEXT),
        Broken.of("peek looks at the first 64", peeking((queue, irp, context) ->
            Wrongly.next(queue.irps.subList(0, Math.min(64, queue.irps.size())), irp, context)), Clause.PEEK_AFTER,
            Clause.INSERT, Clause.PEEK_CONTEXT),
        Broken.of("remove finds the first 100 only", removing((queue, irp) -> {
          int at = queue.irps.indexOf(irp);
          queue.irps.remove(Math.min(at, 100));
        }), Clause.REMOVE),
        Broken.of("remove turns the others round, every fiftieth time", removing((queue, irp) -> {
          queue.irps.remove(irp);
          if (++queue.counted % 50 == 0) {
            Collections.reverse(queue.irps);
          }
        }), Clause.ORDER),
        Broken.of("remove of one behind three takes its predecessor", removing((queue, irp) -> {
          int at = queue.irps.indexOf(irp);
          queue.irps.remove(at >= 3 ? at - 1 : at);
        }), Clause.REMOVE),
        Broken.of("a ring that is empty where its index wraps", ByteRing::new, Clause.INSERT, Clause.PEEK_FIRST),
        Broken.of("numbers of arrival that wrap", Numbered::new, Clause.ORDER),
        Broken.of("no more after fifty removals", of(
            (queue, irp) -> queue.counted < 50 ? queue.add(irp) : queue.addAt(0, irp),
            (queue, irp) -> {
              queue.counted++;
              queue.irps.remove(irp);
            }), Clause.ORDER));
  }
}
