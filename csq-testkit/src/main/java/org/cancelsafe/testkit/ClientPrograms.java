package org.cancelsafe.testkit;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.cancelsafe.testkit.Operation.Cancel;
import org.cancelsafe.testkit.Operation.Cleanup;
import org.cancelsafe.testkit.Operation.Insert;
import org.cancelsafe.testkit.Operation.RemoveByContext;
import org.cancelsafe.testkit.Operation.RemoveNext;
import org.cancelsafe.testkit.Operation.RemoveNextOfFile;

/** Arbitrary programs. They shrink to fewer threads, fewer operations, and inserts of file 0 at priority 0. */
public final class ClientPrograms {
  private static final int FILES = 2;
  private static final int PRIORITIES = 3;
  private static final int LAST_TARGET = 15;

  private ClientPrograms() {}

  /**
   * Programs of up to 4 threads with up to 8 operations each. Half of them are of a few operations: there two threads
   * more often meet at the same IRP.
   */
  public static Arbitrary<ClientProgram> any() {
    return Arbitraries.oneOf(upTo(3, 2), upTo(4, 8)).withoutEdgeCases();
  }

  /** Programs of 1 to so many threads with 1 to so many operations each. */
  public static Arbitrary<ClientProgram> upTo(int threads, int operations) {
    return operation()
        .list()
        .ofMinSize(1)
        .ofMaxSize(operations)
        .list()
        .ofMinSize(1)
        .ofMaxSize(threads)
        .map(ClientPrograms::program)
        .withoutEdgeCases();
  }

  private static Arbitrary<Operation> operation() {
    Arbitrary<Integer> file = Arbitraries.integers().between(0, FILES - 1).shrinkTowards(0);
    Arbitrary<Integer> priority = Arbitraries.integers().between(0, PRIORITIES - 1).shrinkTowards(0);
    Arbitrary<Integer> target = Arbitraries.integers().between(0, LAST_TARGET).shrinkTowards(0);
    return Arbitraries.frequencyOf(
        Tuple.of(4, Combinators.combine(file, priority).as((of, at) -> new Insert(of, at, false))),
        Tuple.of(3, Combinators.combine(file, priority).as((of, at) -> new Insert(of, at, true))),
        Tuple.of(4, Arbitraries.just(new RemoveNext())),
        Tuple.of(2, file.map(RemoveNextOfFile::new)),
        Tuple.of(3, target.map(RemoveByContext::new)),
        Tuple.of(5, target.map(Cancel::new)),
        Tuple.of(1, file.map(Cleanup::new)));
  }

  /** Makes the targets, which are drawn before it is known how many inserts there are, refer to some insert. */
  private static ClientProgram program(List<List<Operation>> drawn) {
    List<Insert> inserts =
        drawn.stream().flatMap(List::stream).filter(Insert.class::isInstance).map(Insert.class::cast).toList();
    int[] removable = IntStream.range(0, inserts.size()).filter(i -> inserts.get(i).withContext()).toArray();
    List<ImmutableList<Operation>> threads = new ArrayList<>();
    for (List<Operation> thread : drawn) {
      ImmutableList.Builder<Operation> fitting = ImmutableList.builder();
      for (Operation operation : thread) {
        if (operation instanceof Cancel cancel) {
          if (!inserts.isEmpty()) {
            fitting.add(new Cancel(cancel.insert() % inserts.size()));
          }
        } else if (operation instanceof RemoveByContext remove) {
          if (removable.length > 0) {
            fitting.add(new RemoveByContext(removable[remove.insert() % removable.length]));
          }
        } else {
          fitting.add(operation);
        }
      }
      threads.add(fitting.build());
    }
    return new ClientProgram(ImmutableList.copyOf(threads));
  }
}
