package org.cancelsafe.testkit.contract;

import java.util.ArrayList;
import java.util.function.Supplier;
import org.cancelsafe.csq.CsqCallbacks;
import org.cancelsafe.csq.CsqCallbacksEx;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.testkit.contract.Queues.InList;
import org.jspecify.annotations.Nullable;

/** A right queue in which one callback is replaced by a wrong one, which may count and remember. */
final class Wrongly extends InList implements CsqCallbacksEx {
  int counted;
  @Nullable Irp remembered;
  private @Nullable Inserting insert;
  private @Nullable Removing remove;
  private @Nullable Peeking peek;
  private @Nullable Completing complete;

  private Wrongly() {
    super(new ArrayList<>());
  }

  interface Inserting {
    NtStatus insert(Wrongly queue, Irp irp);
  }

  interface Removing {
    void remove(Wrongly queue, Irp irp);
  }

  interface Peeking {
    @Nullable Irp peek(Wrongly queue, @Nullable Irp irp, @Nullable Object context);
  }

  interface Completing {
    void complete(Wrongly queue, IoCsq csq, Irp irp);
  }

  static Supplier<CsqCallbacks> inserting(Inserting wrong) {
    return () -> {
      Wrongly queue = new Wrongly();
      queue.insert = wrong;
      return queue;
    };
  }

  static Supplier<CsqCallbacks> removing(Removing wrong) {
    return () -> {
      Wrongly queue = new Wrongly();
      queue.remove = wrong;
      return queue;
    };
  }

  static Supplier<CsqCallbacks> peeking(Peeking wrong) {
    return () -> {
      Wrongly queue = new Wrongly();
      queue.peek = wrong;
      return queue;
    };
  }

  static Supplier<CsqCallbacks> completing(Completing wrong) {
    return () -> {
      Wrongly queue = new Wrongly();
      queue.complete = wrong;
      return queue;
    };
  }

  static Supplier<CsqCallbacks> of(Inserting wrong, Removing too) {
    return () -> {
      Wrongly queue = new Wrongly();
      queue.insert = wrong;
      queue.remove = too;
      return queue;
    };
  }

  /** What a right queue does. */
  NtStatus add(Irp irp) {
    irps.add(irp);
    return NtStatus.STATUS_SUCCESS;
  }

  NtStatus addAt(int index, Irp irp) {
    irps.add(index, irp);
    return NtStatus.STATUS_SUCCESS;
  }

  /** What a right queue does. */
  @Nullable Irp next(@Nullable Irp irp, @Nullable Object context) {
    return next(irps, irp, context);
  }

  static NtStatus drop() {
    return NtStatus.STATUS_SUCCESS;
  }

  static void complete(Irp irp, NtStatus status, long information) {
    irp.setIoStatus(status, information);
    irp.io().completeRequest(irp);
  }

  @Override
  public NtStatus insertIrpEx(IoCsq csq, Irp irp, @Nullable Object insertContext) {
    return insert == null ? add(irp) : insert.insert(this, irp);
  }

  @Override
  public void insertIrp(IoCsq csq, Irp irp) {
    insertIrpEx(csq, irp, null);
  }

  @Override
  public void removeIrp(IoCsq csq, Irp irp) {
    if (remove == null) {
      irps.remove(irp);
    } else {
      remove.remove(this, irp);
    }
  }

  @Override
  public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
    return peek == null ? next(irp, peekContext) : peek.peek(this, irp, peekContext);
  }

  @Override
  public void completeCanceledIrp(IoCsq csq, Irp irp) {
    if (complete == null) {
      super.completeCanceledIrp(csq, irp);
    } else {
      complete.complete(this, csq, irp);
    }
  }
}
