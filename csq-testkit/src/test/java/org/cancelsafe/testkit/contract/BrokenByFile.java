package org.cancelsafe.testkit.contract;

import static org.cancelsafe.testkit.contract.Wrongly.inserting;
import static org.cancelsafe.testkit.contract.Wrongly.peeking;
import static org.cancelsafe.testkit.contract.Wrongly.removing;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.cancelsafe.csq.CsqCallbacks;
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

/** Wrong for some files, for some priorities, or for equal ones. */
final class BrokenByFile {
  private BrokenByFile() {}

  /** Numbers the files in the order it meets them, and knows so many. */
  private static final class FewFiles extends Locked {
    private final Map<FileObject, Integer> numbers = new HashMap<>();
    private final Map<Integer, List<Irp>> byNumber = new LinkedHashMap<>();

    @Override
    public void insertIrp(IoCsq csq, Irp irp) {
      FileObject file = irp.currentStackLocation().fileObject();
      int number = numbers.computeIfAbsent(file, f -> numbers.size()) % 4;
      byNumber.computeIfAbsent(number, n -> new ArrayList<>()).add(irp);
    }

    @Override
    public void removeIrp(IoCsq csq, Irp irp) {
      byNumber.values().forEach(irps -> irps.remove(irp));
    }

    /** All of the same number are those of the file. */
    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      List<Irp> irps = new ArrayList<>();
      Integer number = peekContext == null ? null : numbers.get(peekContext);
      byNumber.forEach((n, list) -> irps.addAll(number == null || n == number % 4 ? list : List.of()));
      return peekContext != null && number == null ? null : next(irps, irp, null);
    }
  }

  private static Supplier<CsqCallbacks> sorted(IntPredicate isBehind) {
    return inserting((queue, irp) -> {
      int at = 0;
      while (at < queue.irps.size() && isBehind.test(priority(irp) - priority(queue.irps.get(at)))) {
        at++;
      }
      return queue.addAt(at, irp);
    });
  }

  private static Broken byPriority(String name, Supplier<CsqCallbacks> callbacks) {
    return new Broken(name, new Terms(callbacks).order(Order.PRIORITY), Set.of(Clause.ORDER));
  }

  private static int priority(Irp irp) {
    return (int) irp.currentStackLocation().length();
  }

  private static @Nullable FileObject fileOf(Irp irp) {
    return irp.currentStackLocation().fileObject();
  }

  private interface Cleanup {
    void cleanUp(Contract contract, CsqCallbacks callbacks, IoCsq csq, FileObject file);
  }

  private static Broken cleaning(String name, Clause clause, Cleanup cleanup) {
    Terms terms =
        new Terms(InList::array) {
          @Override
          void cleanup(Contract contract, CsqCallbacks callbacks, IoCsq csq, FileObject file) {
            cleanup.cleanUp(contract, callbacks, csq, file);
          }
        };
    return new Broken(name, terms, EnumSet.of(clause, Clause.CLEANUP));
  }

  static List<Broken> all() {
    return List.of(
        new Broken("four files, the fifth is the first again", new Terms(FewFiles::new).order(Order.FIFO_BY_FILE),
            Set.of(Clause.PEEK_CONTEXT)),
        Broken.of("remove of the second file's takes its first", removing((queue, irp) -> {
          boolean second = String.valueOf(fileOf(irp)).endsWith("1");
          Irp first = queue.irps.stream().filter(other -> fileOf(other) == fileOf(irp)).findFirst().orElse(irp);
          queue.irps.remove(second ? first : irp);
        }), Clause.REMOVE),
        Broken.of("any peek context is the file of the first", peeking((queue, irp, context) -> {
          Irp first = queue.next(null, null);
          return queue.next(irp, context == null || first == null ? context : fileOf(first));
        }), Clause.PEEK_CONTEXT),
        Broken.of("the peek context is that of the last peek without Irp", peeking((queue, irp, context) -> {
          if (irp == null) {
            queue.remembered = queue.next(null, context);
            return queue.remembered;
          }
          return queue.next(irp, queue.remembered == null ? context : fileOf(queue.remembered));
        }), Clause.PEEK_AFTER, Clause.PEEK_CONTEXT),
        Broken.of("the last of a file instead of the first", peeking((queue, irp, context) -> {
          Irp found = queue.next(irp, context);
          for (Irp more = found; context != null && irp == null && more != null; more = queue.next(more, context)) {
            found = more;
          }
          return found;
        }), Clause.ORDER, Clause.PEEK_CONTEXT),
        byPriority("one step forward, and no further", inserting((queue, irp) -> {
          int last = queue.irps.size() - 1;
          return last >= 0 && priority(irp) < priority(queue.irps.get(last))
              ? queue.addAt(last, irp)
              : queue.add(irp);
        })),
        byPriority("even before odd", inserting((queue, irp) -> {
          int at = 0;
          while (at < queue.irps.size() && (priority(queue.irps.get(at)) & 1) <= (priority(irp) & 1)) {
            at++;
          }
          return queue.addAt(at, irp);
        })),
        byPriority("equals are turned round", sorted(difference -> difference > 0)),
        byPriority("off by one", sorted(difference -> difference >= -1)),
        byPriority("equals are turned round once there are three", inserting((queue, irp) -> {
          int at = 0;
          int equals = queue.irps.size() < 3 ? 0 : 1;
          while (at < queue.irps.size() && priority(irp) - priority(queue.irps.get(at)) >= equals) {
            at++;
          }
          return queue.addAt(at, irp);
        })),
        byPriority("by file among equals", inserting((queue, irp) -> {
          int at = 0;
          while (at < queue.irps.size() && comesBefore(queue.irps.get(at), irp)) {
            at++;
          }
          return queue.addAt(at, irp);
        })),
        cleaning("cleanup of three at most", Clause.CLEANUP, (contract, callbacks, csq, file) -> {
          for (int i = 0; i < 3; i++) {
            Irp irp = csq.removeNextIrp(file);
            if (irp != null) {
              callbacks.completeCanceledIrp(csq, irp);
            }
          }
        }),
        cleaning("cleanup ends with success", Clause.COMPLETE_STATUS, (contract, callbacks, csq, file) -> {
          for (Irp irp = csq.removeNextIrp(file); irp != null; irp = csq.removeNextIrp(file)) {
            Wrongly.complete(irp, NtStatus.STATUS_SUCCESS, 0);
          }
        }),
        cleaning("cleanup takes the next file's first, too", Clause.CLEANUP, (contract, callbacks, csq, file) -> {
          contract.cleanUpAsEver(callbacks, csq, file);
          Irp irp = csq.removeNextIrp(null);
          if (irp != null) {
            callbacks.completeCanceledIrp(csq, irp);
          }
        }));
  }

  private static boolean comesBefore(Irp queued, Irp irp) {
    return priority(queued) != priority(irp)
        ? priority(queued) < priority(irp)
        : String.valueOf(fileOf(queued)).compareTo(String.valueOf(fileOf(irp))) <= 0;
  }
}
