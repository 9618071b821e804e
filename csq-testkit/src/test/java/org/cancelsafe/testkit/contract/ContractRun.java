package org.cancelsafe.testkit.contract;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.util.List;
import java.util.function.ObjIntConsumer;
import java.util.function.Supplier;
import org.cancelsafe.csq.CsqCallbacks;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.testkit.CsqContract;
import org.cancelsafe.testkit.Order;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Runs the contract, as a user's test class would, for whatever callbacks. */
final class ContractRun {
  private static Terms current = new Terms(() -> Queues.InList.array());

  private ContractRun() {}

  /** What a subclass of the contract says of its queue. */
  static class Terms {
    final Supplier<? extends CsqCallbacks> callbacks;
    Order order = Order.FIFO;
    Irql highest = Irql.DISPATCH_LEVEL;
    int capacity = 8;
    int priorities = 3;
    ObjIntConsumer<Irp> priority = (irp, number) -> irp.nextStackLocation().setLength(number);

    Terms(Supplier<? extends CsqCallbacks> callbacks) {
      this.callbacks = callbacks;
    }

    Terms order(Order promised) {
      order = promised;
      return this;
    }

    Terms highest(Irql irql) {
      highest = irql;
      return this;
    }

    Terms capacity(int irps) {
      capacity = irps;
      return this;
    }

    Terms priorities(int count, ObjIntConsumer<Irp> set) {
      priorities = count;
      priority = set;
      return this;
    }

    @Nullable Object peekContext(FileObject file) {
      return file;
    }

    void cleanup(Contract contract, CsqCallbacks callbacks, IoCsq csq, FileObject file) {
      contract.cleanUpAsEver(callbacks, csq, file);
    }
  }

  static class Contract extends CsqContract {
    private final Terms terms = current;

    @Override
    protected CsqCallbacks callbacks() {
      return terms.callbacks.get();
    }

    @Override
    protected Order order() {
      return terms.order;
    }

    @Override
    protected Irql highestIrql() {
      return terms.highest;
    }

    @Override
    protected int capacity() {
      return terms.capacity;
    }

    @Override
    protected int priorities() {
      return terms.priorities;
    }

    @Override
    protected void setPriority(Irp irp, int priority) {
      terms.priority.accept(irp, priority);
    }

    @Override
    protected @Nullable Object peekContext(FileObject file) {
      return terms.peekContext(file);
    }

    @Override
    protected void cleanup(CsqCallbacks callbacks, IoCsq csq, FileObject file) {
      terms.cleanup(this, callbacks, csq, file);
    }

    void cleanUpAsEver(CsqCallbacks callbacks, IoCsq csq, FileObject file) {
      super.cleanup(callbacks, csq, file);
    }
  }

  /** What the suite finds wrong with this queue; one run at a time. */
  static synchronized List<Throwable> failures(Terms terms) {
    current = terms;
    return failures(selectClass(Contract.class));
  }

  /** What is wrong with this queue according to one test of the suite. */
  static synchronized List<Throwable> failures(Terms terms, String test) {
    current = terms;
    return failures(selectMethod(Contract.class, test));
  }

  private static List<Throwable> failures(DiscoverySelector selector) {
    return EngineTestKit.engine("junit-jupiter").selectors(selector).execute().allEvents().finished().stream()
        .map(event -> event.getRequiredPayload(TestExecutionResult.class))
        .filter(result -> result.getStatus() == Status.FAILED)
        .flatMap(result -> result.getThrowable().stream())
        .toList();
  }
}
