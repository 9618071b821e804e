package org.cancelsafe.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.cancelsafe.csq.CsqCallbacks;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.jspecify.annotations.Nullable;

/**
 * Callbacks that pass everything on, and compare what comes back with what a queue ought to hold. The model changes with
 * the callbacks, under the lock of those that are tested, so it is exact whatever runs at once; a lock that does not
 * exclude shows itself first. With an audit, the whole structure is walked through before each release of the lock.
 */
class CheckedCallbacks implements CsqCallbacks {
  private final CsqCallbacks callbacks;
  private final QueueModel model;
  private final CallbackChecks checks;
  private final Audit audit;
  private final PeekContexts contexts;
  private final List<Request> peeked = new ArrayList<>();
  private volatile @Nullable Activity holder;
  private Irql irqlBefore = Irql.PASSIVE_LEVEL;
  private int locksBefore;
  private boolean audited;

  CheckedCallbacks(CsqCallbacks callbacks, Terms terms, CallbackChecks checks, PeekContexts contexts) {
    this.callbacks = callbacks;
    this.model = new QueueModel(terms.order());
    this.checks = checks;
    this.contexts = contexts;
    this.audit = new Audit(callbacks, model, checks, contexts);
  }

  /** From now on every operation is followed by an audit, or none is. */
  final void setAudited(boolean audited) {
    this.audited = audited;
  }

  final CallbackChecks checks() {
    return checks;
  }

  /** Calls the callback that inserts, and enters what came of it in the books. */
  final <T> T inserting(Irp irp, Supplier<T> insert, Predicate<T> inserted) {
    Request request = checks.requestOf(irp);
    T result = checks.underLock(Clause.INSERT, "CsqInsertIrp", irp, insert);
    if (inserted.test(result)) {
      model.insert(request);
      audit.inserted(request);
    } else {
      checks.leftAlone(irp);
      audit.declined(request);
    }
    return result;
  }

  @Override
  public void insertIrp(IoCsq csq, Irp irp) {
    inserting(
        irp,
        () -> {
          callbacks.insertIrp(csq, irp);
          return true;
        },
        inserted -> inserted);
  }

  @Override
  public final void removeIrp(IoCsq csq, Irp irp) {
    Request request = checks.requestOf(irp);
    checks.underLock(
        Clause.REMOVE,
        "CsqRemoveIrp",
        irp,
        () -> {
          callbacks.removeIrp(csq, irp);
          return true;
        });
    model.remove(request);
    audit.removed(request);
  }

  @Override
  public final @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
    if (irp == null) {
      peeked.clear();
    }
    Irp found =
        checks.underLock(
            Clause.PEEK_FIRST, "CsqPeekNextIrp", irp, () -> callbacks.peekNextIrp(csq, irp, peekContext));
    Integer file = contexts.fileOf(peekContext);
    if (file != null || peekContext == null) {
      audit.checkPeek(irp, found, file, peeked);
    } else if (found != null && peeked.contains(checks.requestOf(found))) {
      throw checks.violated(Clause.PEEK_AFTER, "CsqPeekNextIrp found " + checks.requestOf(found) + " again");
    }
    if (found != null) {
      peeked.add(checks.requestOf(found));
    }
    return found;
  }

  @Override
  public final Irql acquireLock(IoCsq csq) {
    Activity self = Activity.current();
    if (holder == self) {
      throw checks.violated(Clause.NO_REENTRY, "a callback of " + self + " calls the queue, whose lock it holds");
    }
    Irql before = self.irql();
    int locks = self.spinLocksHeld();
    Irql irql = checks.guarded(Clause.LOCK_IRQL, "CsqAcquireLock", () -> callbacks.acquireLock(csq));
    Activity other = holder;
    if (other != null) {
      throw checks.violated(Clause.LOCK_EXCLUDES, self + " has got the lock while " + other + " holds it");
    }
    holder = self;
    irqlBefore = before;
    locksBefore = locks;
    if (self.irql().isBelow(before)) {
      throw checks.violated(Clause.LOCK_IRQL, "CsqAcquireLock lowered the IRQL from " + before + " to " + self.irql());
    }
    audit.begin();
    return irql;
  }

  @Override
  public final void releaseLock(IoCsq csq, Irql irql) {
    Activity self = Activity.current();
    if (audited) {
      audit.audit(csq);
    }
    Irql before = irqlBefore;
    int locks = locksBefore;
    holder = null;
    checks.guarded(
        Clause.LOCK_BALANCE,
        "CsqReleaseLock",
        () -> {
          callbacks.releaseLock(csq, irql);
          return true;
        });
    if (self.spinLocksHeld() != locks) {
      throw checks.violated(Clause.LOCK_BALANCE, "CsqReleaseLock left a spin lock held");
    }
    if (self.irql() != before) {
      throw checks.violated(
          Clause.LOCK_IRQL, "the lock was acquired at " + before + ", and CsqReleaseLock left " + self.irql());
    }
  }

  @Override
  public final void completeCanceledIrp(IoCsq csq, Irp irp) {
    checks.guarded(
        Clause.COMPLETE_ONCE,
        "CsqCompleteCanceledIrp",
        () -> {
          callbacks.completeCanceledIrp(csq, irp);
          return true;
        });
  }
}
