package org.cancelsafe.testkit;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.stream.Stream;
import org.cancelsafe.testkit.Operation.Cancel;
import org.cancelsafe.testkit.Operation.Cleanup;
import org.cancelsafe.testkit.Operation.Insert;
import org.cancelsafe.testkit.Operation.RemoveByContext;
import org.cancelsafe.testkit.Operation.RemoveNext;
import org.cancelsafe.testkit.Operation.RemoveNextOfFile;

/** Programs small enough for every schedule, which between them bring any two operations together. */
final class SmallPrograms {
  private SmallPrograms() {}

  /**
   * A program.
   *
   * @param name what races
   * @param program the program
   * @param before how many of its threads are done with before the others begin
   */
  record Race(String name, ClientProgram program, int before) {
    boolean usesFiles() {
      return program.threads().stream().flatMap(List::stream).anyMatch(SmallPrograms::usesFiles);
    }
  }

  /** Whether an operation needs a queue that looks at peek contexts. */
  static boolean usesFiles(Operation operation) {
    return operation instanceof RemoveNextOfFile || operation instanceof Cleanup;
  }

  static List<Race> all() {
    return List.of(
        race("insert | cancel", does(in(0)), does(cancel(0))),
        race("insert | cancel | remove next", does(in(0)), does(cancel(0)), does(next())),
        race("insert | cancel | remove by context", does(with(0)), does(cancel(0)), does(remove(0))),
        race("insert | insert, remove next", does(in(0)), does(in(1), next())),
        race("insert and cancel | insert and cancel", does(in(0), cancel(0)), does(in(1), cancel(1))),
        racing("two queued: cancel first | remove next", does(in(0), in(1)), does(cancel(0)), does(next())),
        racing("two queued: cancel second | remove next", does(in(0), in(1)), does(cancel(1)), does(next())),
        racing("two queued: cancel | cancel", does(in(0), in(1)), does(cancel(0)), does(cancel(1))),
        racing("two queued: remove next | remove next", does(in(0), in(1)), does(next()), does(next())),
        racing(
            "one queued: remove by context | remove next | cancel",
            does(with(0)),
            does(remove(0)),
            does(next()),
            does(cancel(0))),
        racing(
            "three queued: cancel | remove next of file",
            does(in(0), in(1), in(0)),
            does(cancel(0)),
            does(nextOf(0))),
        racing("three queued: remove next | insert", does(in(0), in(1)), does(next()), does(in(0))),
        racing("two queued: cleanup | cancel", does(in(0), in(1)), does(new Cleanup(0)), does(cancel(0))),
        racing("one queued: cleanup | insert", does(in(0)), does(new Cleanup(0)), does(in(0))),
        racing("two queued: cleanup | remove next", does(in(0), in(1)), does(new Cleanup(1)), does(next())));
  }

  private static Race race(String name, Thread... threads) {
    return new Race(name, program(threads), 0);
  }

  /** The first thread is done with before the others begin. */
  private static Race racing(String name, Thread... threads) {
    return new Race(name, program(threads), 1);
  }

  private static ClientProgram program(Thread... threads) {
    return new ClientProgram(Stream.of(threads).map(Thread::operations).collect(ImmutableList.toImmutableList()));
  }

  private record Thread(ImmutableList<Operation> operations) {}

  private static Thread does(Operation... operations) {
    return new Thread(ImmutableList.copyOf(operations));
  }

  private static Operation in(int file) {
    return new Insert(file, 1 - file, false);
  }

  private static Operation with(int file) {
    return new Insert(file, 1 - file, true);
  }

  private static Operation cancel(int insert) {
    return new Cancel(insert);
  }

  private static Operation next() {
    return new RemoveNext();
  }

  private static Operation nextOf(int file) {
    return new RemoveNextOfFile(file);
  }

  private static Operation remove(int insert) {
    return new RemoveByContext(insert);
  }
}
