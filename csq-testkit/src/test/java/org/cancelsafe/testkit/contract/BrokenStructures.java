package org.cancelsafe.testkit.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.cancelsafe.csq.CsqCallbacks;
import org.cancelsafe.csq.CsqCallbacksEx;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.testkit.Clause;
import org.cancelsafe.testkit.Order;
import org.cancelsafe.testkit.contract.ContractRun.Contract;
import org.cancelsafe.testkit.contract.ContractRun.Terms;
import org.cancelsafe.testkit.contract.Queues.InList;
import org.cancelsafe.testkit.contract.Queues.Locked;
import org.jspecify.annotations.Nullable;

/** Wrong in CsqInsertIrp, CsqInsertIrpEx, CsqRemoveIrp or cleanup. */
final class BrokenStructures {
  private BrokenStructures() {}

  /** A right queue whose insert or remove is replaced. */
  private static Supplier<CsqCallbacks> inserting(Change insert) {
    return () ->
        new InList(new ArrayList<>()) {
          @Override
          public void insertIrp(IoCsq csq, Irp irp) {
            insert.make(irps, irp);
          }
        };
  }

  private static Supplier<CsqCallbacks> removing(Change remove) {
    return () ->
        new InList(new ArrayList<>()) {
          @Override
          public void removeIrp(IoCsq csq, Irp irp) {
            remove.make(irps, irp);
          }
        };
  }

  private interface Change {
    void make(List<Irp> irps, Irp irp);
  }

  private static Supplier<CsqCallbacks> insertingEx(ChangeEx insert) {
    return () -> new Extended(insert);
  }

  private interface ChangeEx {
    NtStatus make(List<Irp> irps, Irp irp);
  }

  private static final class Extended extends InList implements CsqCallbacksEx {
    private final ChangeEx insert;

    Extended(ChangeEx insert) {
      super(new ArrayList<>());
      this.insert = insert;
    }

    @Override
    public NtStatus insertIrpEx(IoCsq csq, Irp irp, @Nullable Object insertContext) {
      return insert.make(irps, irp);
    }

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      insertIrpEx(csq, irp, null);
    }
  }

  /** Its removed slots stay as holes, and peeking stops at the first one. */
  private static final class WithHoles extends Locked {
    private final @Nullable Irp[] slots = new Irp[2_000];
    private int used;

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      slots[used++ % slots.length] = irp;
    }

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      for (int i = 0; i < slots.length; i++) {
        if (slots[i] == irp) {
          slots[i] = null;
        }
      }
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      List<Irp> irps = new ArrayList<>();
      for (int i = 0; i < slots.length && slots[i] != null; i++) {
        irps.add(slots[i]);
      }
      return next(irps, irp, peekContext);
    }
  }

  private static final InList SHARED = InList.array();

  static List<Broken> all() {
    return List.of(
        Broken.of("insert at the head", inserting((irps, irp) -> irps.add(0, irp)), Clause.ORDER),
        Broken.of("insert before the last", inserting((irps, irp) -> irps.add(Math.max(0, irps.size() - 1), irp)),
            Clause.ORDER),
        Broken.of("insert twice", inserting((irps, irp) -> irps.addAll(List.of(irp, irp))), Clause.PEEK_AFTER,
            Clause.REMOVE),
        Broken.of("insert does nothing", inserting((irps, irp) -> {}), Clause.INSERT),
        Broken.of("insert drops the sixth", inserting((irps, irp) -> {
          if (irps.size() < 5) {
            irps.add(irp);
          }
        }), Clause.INSERT),
        Broken.of("insert sets a cancel routine", inserting((irps, irp) -> {
          irps.add(irp);
          irp.setCancelRoutine((device, cancelled) -> irp.io().releaseCancelSpinLock(irp.cancelIrql()));
        }), Clause.LIBRARY_OWNS),
        Broken.of("insert uses DriverContext[3]", inserting((irps, irp) -> {
          irps.add(irp);
          irp.setDriverContext(3, irps);
        }), Clause.LIBRARY_OWNS),
        Broken.of("insert clears DriverContext[3]", inserting((irps, irp) -> {
          irps.add(irp);
          irp.setDriverContext(3, null);
        }), Clause.LIBRARY_OWNS),
        Broken.of("insert completes what is cancelled", inserting((irps, irp) -> {
          if (irp.cancel()) {
            irp.setIoStatus(NtStatus.STATUS_CANCELLED, 0);
            irp.io().completeRequest(irp);
          } else {
            irps.add(irp);
          }
        }), Clause.COMPLETE_NOTHING_LOCKED),
        Broken.of("insert into another queue", () -> SHARED, Clause.NEW_QUEUE),
        Broken.of("insert claims success when full", insertingEx((irps, irp) -> {
          if (irps.size() < 20) {
            irps.add(irp);
          }
          return NtStatus.STATUS_SUCCESS;
        }), Clause.INSERT),
        Broken.of("insert queues what it declines", insertingEx((irps, irp) -> {
          irps.add(irp);
          return irps.size() > 8 ? NtStatus.STATUS_INSUFFICIENT_RESOURCES : NtStatus.STATUS_SUCCESS;
        }), Clause.DECLINE),
        Broken.of("insert marks pending what it declines", insertingEx((irps, irp) -> {
          if (irps.size() > 8) {
            irp.markPending();
            return NtStatus.STATUS_INSUFFICIENT_RESOURCES;
          }
          irps.add(irp);
          return NtStatus.STATUS_SUCCESS;
        }), Clause.DECLINE),
        Broken.of("insert completes what it declines", insertingEx((irps, irp) -> {
          if (irps.size() > 8) {
            irp.setIoStatus(NtStatus.STATUS_INSUFFICIENT_RESOURCES, 0);
            irp.io().completeRequest(irp);
            return NtStatus.STATUS_INSUFFICIENT_RESOURCES;
          }
          irps.add(irp);
          return NtStatus.STATUS_SUCCESS;
        }), Clause.COMPLETE_NOTHING_LOCKED, Clause.DECLINE),
        Broken.of("remove takes the first", removing((irps, irp) -> irps.remove(0)), Clause.REMOVE),
        Broken.of("remove takes the last", removing((irps, irp) -> irps.remove(irps.size() - 1)), Clause.REMOVE),
        Broken.of("remove takes the next one too", removing((irps, irp) -> {
          int at = irps.indexOf(irp);
          irps.remove(at);
          if (at < irps.size()) {
            irps.remove(at);
          }
        }), Clause.REMOVE),
        Broken.of("remove does nothing", removing((irps, irp) -> {}), Clause.REMOVE),
        Broken.of("remove takes all of the file", removing((irps, irp) -> {
          FileObject file = irp.currentStackLocation().fileObject();
          irps.removeIf(other -> other.currentStackLocation().fileObject() == file);
        }), Clause.REMOVE),
        Broken.of("remove throws when it was the last", removing((irps, irp) -> {
          irps.remove(irp);
          irps.get(0);
        }), Clause.NO_EXCEPTION),
        Broken.of("remove leaves a hole that peek stops at", WithHoles::new, Clause.REMOVE, Clause.INSERT,
            Clause.PEEK_FIRST),
        new Broken(
            "equals are turned round",
            new Terms(inserting((irps, irp) -> {
              int at = 0;
              while (at < irps.size() && priority(irps.get(at)) < priority(irp)) {
                at++;
              }
              irps.add(at, irp);
            })).order(Order.PRIORITY),
            Set.of(Clause.ORDER)),
        new Broken(
            "priorities are turned round",
            new Terms(inserting((irps, irp) -> {
              int at = 0;
              while (at < irps.size() && priority(irps.get(at)) >= priority(irp)) {
                at++;
              }
              irps.add(at, irp);
            })).order(Order.PRIORITY),
            Set.of(Clause.ORDER)),
        new Broken(
            "cleanup of the other files",
            new Terms(InList::array) {
              @Override
              void cleanup(Contract contract, CsqCallbacks callbacks, IoCsq csq, FileObject file) {
                contract.cleanUpAsEver(callbacks, csq, new FileObject("another", file.deviceObject()));
              }
            },
            Set.of(Clause.CLEANUP)),
        new Broken(
            "cleanup of everything",
            new Terms(InList::array) {
              @Override
              void cleanup(Contract contract, CsqCallbacks callbacks, IoCsq csq, FileObject file) {
                for (Irp irp = csq.removeNextIrp(null); irp != null; irp = csq.removeNextIrp(null)) {
                  callbacks.completeCanceledIrp(csq, irp);
                }
              }
            },
            Set.of(Clause.CLEANUP)),
        new Broken(
            "cleanup of the first only",
            new Terms(InList::array) {
              @Override
              void cleanup(Contract contract, CsqCallbacks callbacks, IoCsq csq, FileObject file) {
                Irp irp = csq.removeNextIrp(file);
                if (irp != null) {
                  callbacks.completeCanceledIrp(csq, irp);
                }
              }
            },
            Set.of(Clause.CLEANUP)));
  }

  private static long priority(Irp irp) {
    return irp.currentStackLocation().length();
  }
}
