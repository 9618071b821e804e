package org.cancelsafe.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.cancelsafe.csq.FifoCallbacks;
import org.cancelsafe.csq.FileObjectCallbacks;
import org.cancelsafe.csq.PriorityCallbacks;
import org.cancelsafe.csq.StartIoCallbacks;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.testkit.Order;
import org.cancelsafe.testkit.contract.ContractRun.Terms;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The contract passes queues that keep it, whatever they are made of. */
class CorrectQueuesTest {
  private static final Map<String, Terms> QUEUES =
      Map.ofEntries(
          Map.entry("FIFO, ready-made", new Terms(() -> new FifoCallbacks("queue"))),
          Map.entry("by file, ready-made", new Terms(() -> new FileObjectCallbacks("queue"))),
          Map.entry("StartIo, ready-made", new Terms(() -> new StartIoCallbacks("queue"))),
          Map.entry(
              "by priority, ready-made",
              new Terms(
                      () ->
                          new PriorityCallbacks(
                              "queue", Comparator.comparingLong(irp -> irp.currentStackLocation().length())))
                  .order(Order.PRIORITY)),
          Map.entry("array", new Terms(Queues.InList::array)),
          Map.entry("linked list", new Terms(Queues.InList::linked)),
          Map.entry("stack", new Terms(Queues.Stack::new).order(Order.NONE)),
          Map.entry("ring", new Terms(Queues.Ring::new).capacity(4)),
          Map.entry("ring of unknown size", new Terms(Queues.Ring::new)),
          Map.entry("a list for each file", new Terms(Queues.ByFile::new).order(Order.FIFO_BY_FILE)),
          Map.entry("heap", new Terms(Queues.Heap::new).order(Order.PRIORITY)),
          Map.entry("a lock that waits", new Terms(Queues.Waiting::new).highest(Irql.APC_LEVEL)),
          Map.entry(
              "a lock that waits at PASSIVE_LEVEL",
              new Terms(Queues.WaitingPassively::new).highest(Irql.PASSIVE_LEVEL)),
          Map.entry("a single slot", noContexts(Queues.Single::new).capacity(1)),
          Map.entry(
              "by name",
              new Terms(Queues.ByName::new) {
                @Override
                Object peekContext(FileObject file) {
                  return file.toString();
                }
              }),
          Map.entry("no peek contexts", noContexts(Queues.InList::array)));

  private static Terms noContexts(Supplier<? extends Queues.Locked> callbacks) {
    return new Terms(callbacks) {
      @Override
      @Nullable Object peekContext(FileObject file) {
        return null;
      }
    };
  }

  @TestFactory
  Stream<DynamicTest> passes() {
    return Stream.of(QUEUES, OddQueues.all(), UnusualQueues.all())
        .flatMap(queues -> queues.entrySet().stream())
        .map(
            queue ->
                DynamicTest.dynamicTest(
                    queue.getKey(),
                    () -> assertEquals(List.of(), ContractRun.failures(queue.getValue()), queue.getKey())));
  }
}
