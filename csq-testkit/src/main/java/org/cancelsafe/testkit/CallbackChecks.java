package org.cancelsafe.testkit;

import java.util.Map;
import java.util.function.Supplier;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.MachineStopped;
import org.cancelsafe.emu.verifier.BugCheck;
import org.jspecify.annotations.Nullable;

/** Calls callbacks, and looks at what they leave of the IRQL, the locks and the IRP. */
final class CallbackChecks {
  private static final int CSQ_CONTEXT = 3;
  static final String HAS_CANCEL_ROUTINE = " CR";
  private static final String COMPLETED = "done";

  private final Machine machine;
  private Map<Irp, Request> requests = Map.of();

  CallbackChecks(Machine machine) {
    this.machine = machine;
  }

  void expect(Map<Irp, Request> requests) {
    this.requests = requests;
  }

  Request requestOf(Irp irp) {
    Request request = requests.get(irp);
    if (request == null) {
      throw violated(Clause.NEW_QUEUE, irp + " is none of those that were inserted into this queue");
    }
    return request;
  }

  /** Stops the machine: the first violation is the one that counts. Throw what this returns. */
  ContractViolation violated(Clause clause, String how) {
    ContractViolation violation = new ContractViolation(clause, how);
    machine.fail(violation);
    return violation;
  }

  /** Calls a callback that must not throw, and leaves no lock and no other IRQL unless it is one of the lock's. */
  <T extends @Nullable Object> T guarded(Clause clause, String callback, Supplier<T> call) {
    Activity self = Activity.current();
    Irql irql = self.irql();
    int locks = self.spinLocksHeld();
    T result;
    try {
      result = call.get();
    } catch (MachineStopped | ContractViolation | BugCheck e) {
      throw e;
    } catch (RuntimeException | AssertionError | StackOverflowError e) {
      ContractViolation violation = new ContractViolation(Clause.NO_EXCEPTION, callback + " threw " + e, e);
      machine.fail(violation);
      throw violation;
    }
    boolean ofTheLock = clause == Clause.LOCK_IRQL || callback.equals("CsqReleaseLock");
    if (!ofTheLock && (self.irql() != irql || self.spinLocksHeld() != locks)) {
      throw violated(
          Clause.LOCK_BALANCE,
          callback + ", called at " + irql + " with " + locks + " spin locks held, returned at " + self.irql()
              + " with " + self.spinLocksHeld());
    }
    return result;
  }

  /** Calls a callback with the lock held; this IRP, and the one it returns, stay as they are. */
  <T extends @Nullable Object> T underLock(Clause clause, String callback, @Nullable Irp irp, Supplier<T> call) {
    boolean armed = irp != null && isArmed(irp);
    Object leading = irp == null ? null : irp.driverContext(CSQ_CONTEXT);
    T result = guarded(clause, callback, call);
    if (irp != null) {
      checkNotCompleted(irp, callback);
      if (isArmed(irp) && !armed) {
        throw violated(Clause.LIBRARY_OWNS, callback + " set a cancel routine for " + requestOf(irp));
      }
      if (irp.driverContext(CSQ_CONTEXT) != leading) {
        throw violated(Clause.LIBRARY_OWNS, callback + " changed DriverContext[3] of " + requestOf(irp));
      }
    }
    return result;
  }

  void checkNotCompleted(Irp irp, String callback) {
    if (irp.snapshot().startsWith(COMPLETED)) {
      throw violated(
          Clause.COMPLETE_NOTHING_LOCKED, callback + " completed " + requestOf(irp) + ", with the lock held");
    }
  }

  /** That an IRP which was declined is as it was. */
  void leftAlone(Irp irp) {
    if (irp.isMarkedPending()) {
      throw violated(Clause.DECLINE, "CsqInsertIrpEx declined " + requestOf(irp) + " and marked it pending");
    }
  }

  private static boolean isArmed(Irp irp) {
    return irp.snapshot().endsWith(HAS_CANCEL_ROUTINE);
  }
}
