package org.cancelsafe.testkit.contract;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.testkit.Clause;
import org.cancelsafe.testkit.ForwardingCallbacks;
import org.cancelsafe.testkit.contract.Queues.InList;
import org.jspecify.annotations.Nullable;

/** Wrong in CsqPeekNextIrp. */
final class BrokenPeeks {
  private BrokenPeeks() {}

  private abstract static class Peek extends InList {
    Peek() {
      super(new ArrayList<>());
    }

    @Override
    public abstract @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext);

    @Nullable Irp right(@Nullable Irp irp, @Nullable Object peekContext) {
      return next(irps, irp, peekContext);
    }
  }

  static List<Broken> all() {
    return List.of(
        Broken.of(
            "peek ignores Irp",
            () ->
                new Peek() {
                  @Override
                  public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object context) {
                    return right(null, context);
                  }
                },
            Clause.PEEK_AFTER),
        Broken.of(
            "peek begins with Irp itself",
            () ->
                new Peek() {
                  @Override
                  public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object context) {
                    return irp != null ? irp : right(null, context);
                  }
                },
            Clause.PEEK_AFTER),
        Broken.of(
            "peek skips one",
            () ->
                new Peek() {
                  @Override
                  public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object context) {
                    return irp == null ? right(null, context) : right(right(irp, null), context);
                  }
                },
            Clause.PEEK_AFTER,
            Clause.ORDER),
        Broken.of(
            "peek ignores the peek context",
            () ->
                new Peek() {
                  @Override
                  public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object context) {
                    return right(irp, null);
                  }
                },
            Clause.PEEK_CONTEXT),
        Broken.of(
            "peek forgets the peek context when it goes on",
            () ->
                new Peek() {
                  @Override
                  public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object context) {
                    return right(irp, irp == null ? context : null);
                  }
                },
            Clause.PEEK_CONTEXT),
        Broken.of(
            "peek looks at the first IRP only",
            () ->
                new Peek() {
                  @Override
                  public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object context) {
                    Irp next = right(irp, null);
                    return next != null && matches(next, context) ? next : null;
                  }
                },
            Clause.PEEK_CONTEXT),
        Broken.of(
            "peek finds the other files",
            () ->
                new Peek() {
                  @Override
                  public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object context) {
                    Irp next = right(irp, null);
                    while (next != null && context != null && matches(next, context)) {
                      next = right(next, null);
                    }
                    return next;
                  }
                },
            Clause.PEEK_CONTEXT),
        Broken.of(
            "peek without a context finds nothing",
            () ->
                new Peek() {
                  @Override
                  public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object context) {
                    return context == null ? null : right(irp, context);
                  }
                },
            Clause.PEEK_FIRST,
            Clause.INSERT),
        Broken.of(
            "peek from the wrong end",
            () ->
                new Peek() {
                  @Override
                  public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object context) {
                    List<Irp> reversed = new ArrayList<>(irps);
                    Collections.reverse(reversed);
                    return next(reversed, irp, context);
                  }
                },
            Clause.ORDER),
        Broken.of(
            "peek removes",
            () ->
                new Peek() {
                  @Override
                  public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object context) {
                    Irp next = right(irp, context);
                    irps.remove(next);
                    return next;
                  }
                },
            Clause.PEEK_REMOVES_NOTHING,
            Clause.PEEK_AFTER),
        Broken.of(
            "peek moves what it found to the end",
            () ->
                new Peek() {
                  @Override
                  public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object context) {
                    Irp next = right(irp, context);
                    if (next != null && irp == null) {
                      irps.remove(next);
                      irps.add(next);
                    }
                    return next;
                  }
                },
            Clause.PEEK_REMOVES_NOTHING,
            Clause.PEEK_AFTER,
            Clause.ORDER),
        Broken.of(
            "peek goes on where the last one stopped",
            () ->
                new Peek() {
                  private int cursor;

                  @Override
                  public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object context) {
                    cursor += irp == null ? 0 : 1;
                    while (cursor < irps.size() && !matches(irps.get(cursor), context)) {
                      cursor++;
                    }
                    return cursor < irps.size() ? irps.get(cursor) : null;
                  }
                },
            Clause.PEEK_REMOVES_NOTHING),
        Broken.of(
            "peek gives up at an IRP whose Cancel is set",
            () ->
                new Peek() {
                  @Override
                  public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object context) {
                    Irp next = right(irp, context);
                    return next != null && next.cancel() ? null : next;
                  }
                },
            Clause.PEEK_FIRST,
            Clause.PEEK_AFTER,
            Clause.LINEARIZABLE),
        Broken.of(
            "peek throws on an empty queue",
            () ->
                new Peek() {
                  @Override
                  public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object context) {
                    irps.get(0);
                    return right(irp, context);
                  }
                },
            Clause.NO_EXCEPTION),
        Broken.of(
            "peek calls the queue",
            () ->
                new ForwardingCallbacks() {
                  @Override
                  public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object context) {
                    Irp next = right.peekNextIrp(csq, irp, context);
                    return next == null ? csq.removeNextIrp(context) : next;
                  }
                },
            Clause.NO_REENTRY));
  }
}
