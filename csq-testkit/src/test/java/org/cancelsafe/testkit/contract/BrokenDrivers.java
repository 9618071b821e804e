package org.cancelsafe.testkit.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.testkit.Clause;
import org.cancelsafe.testkit.DriverUnderTest;
import org.cancelsafe.testkit.contract.DriverContractTest.Wrong;
import org.jspecify.annotations.Nullable;

/** Drivers by hand, each with one mistake. */
final class BrokenDrivers {
  private BrokenDrivers() {}

  static Map<String, Wrong> all() {
    return Map.ofEntries(
        wrong("looks at Cancel before it arms", LooksFirst::new, Clause.NO_LOST_CANCEL),
        wrong("arms before it inserts, with no lock", ArmsFirst::new, Clause.OWNERSHIP, Clause.NO_LOST_CANCEL),
        wrong("has no cancel routine", CannotCancel::new, Clause.NO_LOST_CANCEL),
        wrong("ignores what it got when it serves", IgnoresExchange::new, Clause.OWNERSHIP, Clause.COMPLETE_ONCE),
        wrong("serves with the cancel routine set", StaysArmed::new, Clause.LIBRARY_OWNS, Clause.OWNERSHIP,
            Clause.COMPLETE_ONCE),
        wrong("keeps the cancel spin lock", KeepsCancelLock::new, Clause.LOCK_BALANCE, Clause.PROGRESS,
            Clause.COMPLETE_NOTHING_LOCKED),
        wrong("completes under the cancel spin lock", CompletesUnderCancelLock::new, Clause.COMPLETE_NOTHING_LOCKED,
            Clause.LOCK_BALANCE, Clause.PROGRESS),
        wrong("completes what is still linked", LeavesLinked::new, Clause.OWNERSHIP),
        wrong("drops the fifth", DropsTheFifth::new, Clause.NO_LOST_IRP, Clause.NO_LOST_CANCEL),
        wrong("cleanup of the first two", io -> new HandMadeDriver(io) {
          @Override
          void cleanUp(FileObject file) {
            drain(file, 2);
          }
        }, Clause.CLEANUP),
        wrong("cleanup of the first of the others, too", io -> new HandMadeDriver(io) {
          @Override
          void cleanUp(FileObject file) {
            super.cleanUp(file);
            drain(null, 1);
          }
        }, Clause.CLEANUP),
        wrong("unload of the first ten", io -> new HandMadeDriver(io) {
          @Override
          public void unload() {
            close();
            drain(null, 10);
          }
        }, Clause.UNLOAD),
        wrong("unload raises the IRQL", io -> new HandMadeDriver(io) {
          @Override
          public void unload() {
            super.unload();
            Ke.raiseIrql(Irql.APC_LEVEL);
          }
        }, Clause.LOCK_BALANCE),
        wrong("serves with STATUS_PENDING", io -> new HandMadeDriver(io) {
          @Override
          public void serve() {
            Irp irp = take(null);
            if (irp != null) {
              complete(irp, NtStatus.STATUS_PENDING);
            }
          }
        }, Clause.COMPLETE_STATUS),
        wrong("returns success for what it pends", io -> new HandMadeDriver(io) {
          @Override
          NtStatus read(DeviceObject target, Irp irp) {
            NtStatus status = super.read(target, irp);
            return status.equals(NtStatus.STATUS_PENDING) ? NtStatus.STATUS_SUCCESS : status;
          }
        }, Clause.LIBRARY_OWNS),
        wrong("stays idle when the next is being cancelled", StartsOne.GivesUp::new, Clause.NO_LOST_IRP),
        wrong("cancels what the hardware has", StartsOne.CancelsTheCurrent::new, Clause.COMPLETE_ONCE,
            Clause.OWNERSHIP, Clause.LIBRARY_OWNS),
        wrong("cleanup leaves one, and the hardware has another", StartsOne.LeavesOne::new, Clause.CLEANUP),
        wrong("none can be cancelled, in hardware or not", StartsOne.CancelsNone::new, Clause.NO_LOST_CANCEL),
        wrong("unload waits for what was cancelled", WaitsForCancelled::new, Clause.PROGRESS));
  }

  private static Map.Entry<String, Wrong> wrong(
      String name, Function<IoManager, DriverUnderTest> driver, Clause clause, Clause... others) {
    List<Clause> clauses = new ArrayList<>(List.of(others));
    clauses.add(clause);
    return Map.entry(name, new Wrong(clauses, driver));
  }

  private static final class LooksFirst extends HandMadeDriver {
    LooksFirst(IoManager io) {
      super(io);
    }

    @Override
    NtStatus read(DeviceObject target, Irp irp) {
      if (irp.cancel()) {
        complete(irp, NtStatus.STATUS_CANCELLED);
        return NtStatus.STATUS_CANCELLED;
      }
      Irql irql = lock.acquire();
      if (gone.get()) {
        lock.release(irql);
        complete(irp, NtStatus.STATUS_DELETE_PENDING);
        return NtStatus.STATUS_DELETE_PENDING;
      }
      irp.markPending();
      reads.insertTail(irp.listEntry());
      irp.setCancelRoutine(this::cancel);
      lock.release(irql);
      return NtStatus.STATUS_PENDING;
    }
  }

  private static final class ArmsFirst extends HandMadeDriver {
    ArmsFirst(IoManager io) {
      super(io);
    }

    @Override
    NtStatus read(DeviceObject target, Irp irp) {
      irp.markPending();
      irp.setCancelRoutine(this::cancel);
      Irql irql = lock.acquire();
      reads.insertTail(irp.listEntry());
      lock.release(irql);
      return NtStatus.STATUS_PENDING;
    }
  }

  private static final class CannotCancel extends HandMadeDriver {
    CannotCancel(IoManager io) {
      super(io);
    }

    @Override
    NtStatus read(DeviceObject target, Irp irp) {
      Irql irql = lock.acquire();
      boolean isGone = gone.get();
      if (!isGone) {
        irp.markPending();
        reads.insertTail(irp.listEntry());
      }
      lock.release(irql);
      if (isGone) {
        complete(irp, NtStatus.STATUS_DELETE_PENDING);
      }
      return isGone ? NtStatus.STATUS_DELETE_PENDING : NtStatus.STATUS_PENDING;
    }

    @Override
    @Nullable Irp take(@Nullable FileObject file) {
      Irql irql = lock.acquire();
      Irp taken = null;
      for (var entry = reads.flink(); taken == null && entry != null && entry != reads; entry = entry.flink()) {
        Irp irp = Irp.fromListEntry(entry);
        taken = file == null || irp.currentStackLocation().fileObject() == file ? irp : null;
      }
      if (taken != null) {
        taken.listEntry().removeEntry();
      }
      lock.release(irql);
      return taken;
    }
  }

  private static final class IgnoresExchange extends HandMadeDriver {
    IgnoresExchange(IoManager io) {
      super(io);
    }

    @Override
    public void serve() {
      Irql irql = lock.acquire();
      Irp irp = reads.isEmpty() ? null : Irp.fromListEntry(reads.removeHead());
      if (irp != null) {
        irp.setCancelRoutine(null);
      }
      lock.release(irql);
      if (irp != null) {
        complete(irp, NtStatus.STATUS_SUCCESS);
      }
    }
  }

  private static final class StaysArmed extends HandMadeDriver {
    StaysArmed(IoManager io) {
      super(io);
    }

    @Override
    public void serve() {
      Irql irql = lock.acquire();
      Irp irp = reads.isEmpty() ? null : Irp.fromListEntry(reads.removeHead());
      lock.release(irql);
      if (irp != null) {
        complete(irp, NtStatus.STATUS_SUCCESS);
      }
    }
  }

  private static final class KeepsCancelLock extends HandMadeDriver {
    KeepsCancelLock(IoManager io) {
      super(io);
    }

    @Override
    void cancel(DeviceObject target, Irp irp) {
      lock.acquireAtDpcLevel();
      irp.listEntry().removeEntry();
      lock.releaseFromDpcLevel();
      complete(irp, NtStatus.STATUS_CANCELLED);
    }
  }

  private static final class CompletesUnderCancelLock extends HandMadeDriver {
    CompletesUnderCancelLock(IoManager io) {
      super(io);
    }

    @Override
    void cancel(DeviceObject target, Irp irp) {
      lock.acquireAtDpcLevel();
      irp.listEntry().removeEntry();
      lock.releaseFromDpcLevel();
      Irql irql = irp.cancelIrql();
      IoManager io = irp.io();
      complete(irp, NtStatus.STATUS_CANCELLED);
      io.releaseCancelSpinLock(irql);
    }
  }

  private static final class LeavesLinked extends HandMadeDriver {
    LeavesLinked(IoManager io) {
      super(io);
    }

    @Override
    void cancel(DeviceObject target, Irp irp) {
      irp.io().releaseCancelSpinLock(irp.cancelIrql());
      complete(irp, NtStatus.STATUS_CANCELLED);
    }
  }

  private static final class DropsTheFifth extends HandMadeDriver {
    private int sent;

    DropsTheFifth(IoManager io) {
      super(io);
    }

    @Override
    NtStatus read(DeviceObject target, Irp irp) {
      if (++sent == 5) {
        irp.markPending();
        return NtStatus.STATUS_PENDING;
      }
      return super.read(target, irp);
    }
  }

  private static final class WaitsForCancelled extends HandMadeDriver {
    private final KEvent idle = new KEvent("idle", KEvent.Type.NOTIFICATION_EVENT, true);
    private int pending;

    WaitsForCancelled(IoManager io) {
      super(io);
    }

    @Override
    NtStatus read(DeviceObject target, Irp irp) {
      Irql irql = lock.acquire();
      pending++;
      idle.clear();
      lock.release(irql);
      return super.read(target, irp);
    }

    @Override
    @Nullable Irp take(@Nullable FileObject file) {
      Irp irp = super.take(file);
      Irql irql = lock.acquire();
      if (irp != null && --pending == 0) {
        idle.set();
      }
      lock.release(irql);
      return irp;
    }

    @Override
    public void unload() {
      super.unload();
      idle.waitForSingleObject();
    }
  }
}
