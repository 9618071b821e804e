package org.cancelsafe.testkit;

import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;

/** The clauses of the contract between a cancel-safe queue and the callbacks of a driver. */
public enum Clause {
  /** Each queue has callbacks of its own. */
  NEW_QUEUE("the factory makes the callbacks of a new, empty queue each time"),
  /** {@code CsqInsertIrp}. */
  INSERT("CsqInsertIrp puts the IRP into the structure, once"),
  /** {@code CsqInsertIrpEx} that fails. */
  DECLINE("a CsqInsertIrpEx that returns an error leaves the IRP and the structure as they were"),
  /** {@code CsqRemoveIrp}. */
  REMOVE("CsqRemoveIrp takes the IRP that it is given out of the structure, and no other"),
  /** {@code CsqPeekNextIrp} with NULL. */
  PEEK_FIRST("CsqPeekNextIrp with Irp == NULL finds the first match, or NULL when there is none"),
  /** {@code CsqPeekNextIrp} with an IRP. */
  PEEK_AFTER("CsqPeekNextIrp with an Irp finds the first match after that one, or NULL when there is none"),
  /** The peek context. */
  PEEK_CONTEXT("CsqPeekNextIrp finds all that PeekContext means, and nothing else"),
  /** Peeking is reading. */
  PEEK_REMOVES_NOTHING("CsqPeekNextIrp changes nothing in the structure"),
  /** The queue's order. */
  ORDER("IRPs come out in the order that the queue promises"),
  /** Mutual exclusion. */
  LOCK_EXCLUDES("between CsqAcquireLock and CsqReleaseLock nobody else has the lock"),
  /** The IRQL of the lock. */
  LOCK_IRQL("CsqAcquireLock and CsqReleaseLock work at every IRQL the queue is used at, and leave it as it was"),
  /** Callbacks keep the lock and the IRQL as they are. */
  LOCK_BALANCE("a callback returns with the locks and at the IRQL it was called with"),
  /** Callbacks call nobody. */
  NO_REENTRY("a callback does not call the queue while the lock is held"),
  /** What belongs to the library. */
  LIBRARY_OWNS("CancelRoutine, DriverContext[3] and the pending mark of a queued IRP belong to the library"),
  /** Callbacks under the lock complete nothing. */
  COMPLETE_NOTHING_LOCKED("an IRP is completed when the lock was released"),
  /** {@code CsqCompleteCanceledIrp}. */
  COMPLETE_ONCE("CsqCompleteCanceledIrp completes the IRP, once"),
  /** How a cancelled IRP ends. */
  COMPLETE_STATUS("a cancelled IRP ends with STATUS_CANCELLED and Information 0"),
  /** No exceptions. */
  NO_EXCEPTION("a callback does not throw"),
  /** Cancelling an IRP that is queued. */
  NO_LOST_CANCEL("an IRP that is cancelled is completed, and leaves the queue"),
  /** Every IRP ends. */
  NO_LOST_IRP("every IRP that was inserted comes out of the queue or is cancelled, once"),
  /** Cleanup. */
  CLEANUP("cleanup cancels what is queued for its file, and nothing else"),
  /** Everything comes to an end. */
  PROGRESS("every operation comes to an end"),
  /** An IRP is used while it is alive, by who has it. */
  OWNERSHIP("nobody touches an IRP that was completed, or a structure without its lock"),
  /** Linearisability. */
  LINEARIZABLE("whatever runs at once has the effect of some order of operations, one after the other"),
  /** No residue. */
  AS_NEW("a queue that has become empty again works like a new one");

  private final String text;

  Clause(String text) {
    this.text = text;
  }

  /** The clause in words. */
  public String text() {
    return text;
  }

  /** The clause behind a bug check. */
  static Clause of(BugCheck bugCheck) {
    return of(bugCheck.rule());
  }

  private static Clause of(Rule rule) {
    return switch (rule) {
      case DOUBLE_COMPLETION -> COMPLETE_ONCE;
      case COMPLETE_PENDING_STATUS -> COMPLETE_STATUS;
      case CANCEL_STATE, COMPLETE_WITH_CANCEL_ROUTINE, MARKED_NOT_PENDING, PENDING_NOT_MARKED -> LIBRARY_OWNS;
      case CANCELLED_IRP_NOT_COMPLETED -> NO_LOST_CANCEL;
      case IRP_DROPPED -> NO_LOST_IRP;
      case DEADLOCK -> PROGRESS;
      case COMPLETE_ABOVE_DISPATCH, CALL_DRIVER_ABOVE_DISPATCH -> LOCK_IRQL;
      case SPIN_LOCK_NOT_OWNED, RELEASE_UNACQUIRED, RELEASE_BY_OTHER, SPIN_LOCK_RECURSION, THREAD_ENDED_HOLDING_LOCK,
          SPIN_LOCK_HELD_AT_RETURN, CANCEL_LOCK_HELD -> LOCK_BALANCE;
      case IRP_TOUCHED_AFTER_COMPLETION, CORRUPT_LIST_ENTRY -> OWNERSHIP;
      default -> rule.ruleName().startsWith("Irql") ? LOCK_IRQL : OWNERSHIP;
    };
  }
}
