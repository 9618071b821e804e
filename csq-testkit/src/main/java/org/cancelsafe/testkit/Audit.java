package org.cancelsafe.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.cancelsafe.csq.CsqCallbacks;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.Irp;
import org.jspecify.annotations.Nullable;

/** Compares what peeking finds with what the queue ought to hold, and says whose fault a difference is. */
final class Audit {
  private static final int MOST_NAMED = 8;

  private final CsqCallbacks callbacks;
  private final QueueModel model;
  private final CallbackChecks checks;
  private final PeekContexts contexts;
  private @Nullable Request inserted;
  private @Nullable Request removed;
  private @Nullable Request declined;
  private List<Request> walked = List.of();
  private boolean walkedBefore;
  private boolean walkedWhole;

  Audit(CsqCallbacks callbacks, QueueModel model, CallbackChecks checks, PeekContexts contexts) {
    this.callbacks = callbacks;
    this.model = model;
    this.checks = checks;
    this.contexts = contexts;
  }

  /** The lock was acquired: what happened before does not count any more. */
  void begin() {
    inserted = null;
    removed = null;
    declined = null;
    walked = List.of();
  }

  void inserted(Request request) {
    inserted = request;
  }

  void removed(Request request) {
    removed = request;
  }

  void declined(Request request) {
    declined = request;
  }

  /** Walks through the structure, twice as a whole, and once for each file. */
  void audit(IoCsq csq) {
    walkedBefore = false;
    List<Request> first = walk(csq, null);
    walkedBefore = true;
    List<Request> second = walk(csq, null);
    walkedBefore = false;
    walkedWhole = true;
    if (!first.equals(second)) {
      throw checks.violated(
          Clause.PEEK_REMOVES_NOTHING, "peeking found " + names(first) + ", and then " + names(second));
    }
    model.present().stream()
        .map(Request::file)
        .distinct()
        .filter(file -> contexts.of(file) != null)
        .forEach(file -> walk(csq, file));
    walkedWhole = false;
  }

  private List<Request> walk(IoCsq csq, @Nullable Integer file) {
    Object context = file == null ? null : contexts.of(file);
    walked = new ArrayList<>();
    List<@Nullable Irp> found = new ArrayList<>();
    Irp irp = null;
    do {
      Irp after = irp;
      irp =
          checks.underLock(
              Clause.PEEK_AFTER, "CsqPeekNextIrp", after, () -> callbacks.peekNextIrp(csq, after, context));
      found.add(irp);
      if (irp != null) {
        walked.add(checks.requestOf(irp));
      }
    } while (irp != null && found.size() <= model.present().size() + 1);
    List<Request> seen = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      checkPeek(i == 0 ? null : found.get(i - 1), found.get(i), file, seen);
      if (i < walked.size()) {
        seen.add(walked.get(i));
      }
    }
    return seen;
  }

  /**
   * Checks one peek.
   *
   * @param after what it searched after
   * @param found what it found
   * @param file the file it searched for; null for all
   * @param seen what the peeks before it found
   */
  void checkPeek(@Nullable Irp after, @Nullable Irp found, @Nullable Integer file, List<Request> seen) {
    List<Request> left = model.matches(file, seen);
    List<Request> missing = left.stream().filter(request -> !request.isBeingCancelled()).toList();
    String asked =
        "CsqPeekNextIrp" + (after == null ? "" : ", asked for what follows " + checks.requestOf(after) + ",")
            + (file == null ? "" : " in file " + file);
    if (found == null) {
      if (!missing.isEmpty()) {
        throw checks.violated(
            clauseOfMissing(missing.get(0), after, file), asked + " found nothing; there is " + names(missing));
      }
      return;
    }
    Request request = checks.requestOf(found);
    if (seen.contains(request)) {
      throw checks.violated(Clause.PEEK_AFTER, asked + " found " + request + " again");
    }
    if (!model.holds(request)) {
      throw checks.violated(clauseOfExtra(request), asked + " found " + request + ", which is not in the queue");
    }
    if (!left.contains(request)) {
      throw checks.violated(
          Clause.PEEK_CONTEXT, asked + " found " + request + ", which is of file " + request.file());
    }
    Request earlier = model.mustComeBefore(request, left);
    if (earlier != null) {
      throw checks.violated(clauseOfOrder(earlier), asked + " found " + request + " before " + earlier);
    }
  }

  private Clause clauseOfMissing(Request missing, @Nullable Irp after, @Nullable Integer file) {
    if (walkedBefore) {
      return Clause.PEEK_REMOVES_NOTHING;
    }
    if (file != null && walkedWhole) {
      return Clause.PEEK_CONTEXT;
    }
    if (missing == inserted) {
      return Clause.INSERT;
    }
    if (removed != null) {
      return Clause.REMOVE;
    }
    if (file != null) {
      return Clause.PEEK_CONTEXT;
    }
    return after == null ? Clause.PEEK_FIRST : Clause.PEEK_AFTER;
  }

  private Clause clauseOfExtra(Request extra) {
    return extra == declined ? Clause.DECLINE : extra == removed ? Clause.REMOVE : Clause.PEEK_FIRST;
  }

  /** When the earlier one is not found at all, it is not the order that is wrong. */
  private Clause clauseOfOrder(Request earlier) {
    if (walked.isEmpty() || walked.contains(earlier)) {
      return Clause.ORDER;
    }
    return inserted != null ? Clause.INSERT : removed != null ? Clause.REMOVE : Clause.ORDER;
  }

  private static String names(List<Request> requests) {
    String names = requests.stream().limit(MOST_NAMED).map(Request::toString).collect(Collectors.joining(", "));
    int more = requests.size() - MOST_NAMED;
    return requests.isEmpty() ? "nothing" : more > 0 ? names + " and " + more + " more" : names;
  }
}
