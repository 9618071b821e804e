package org.cancelsafe.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.testkit.Clause;
import org.cancelsafe.testkit.ContractViolation;
import org.cancelsafe.testkit.DriverContract;
import org.cancelsafe.testkit.DriverUnderTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.testkit.engine.EngineTestKit;

/** The contract of drivers passes a right one, and catches wrong ones with the clause that they break. */
class DriverContractTest {
  private static Function<IoManager, DriverUnderTest> current = CsqDriver::new;

  static class Contract extends DriverContract {
    private final Function<IoManager, DriverUnderTest> driver = current;

    @Override
    protected DriverUnderTest load(IoManager io) {
      return driver.apply(io);
    }
  }

  private static synchronized List<Throwable> failures(Function<IoManager, DriverUnderTest> driver) {
    current = driver;
    return EngineTestKit.engine("junit-jupiter").selectors(selectClass(Contract.class)).execute().allEvents().finished()
        .stream()
        .map(event -> event.getRequiredPayload(TestExecutionResult.class))
        .filter(result -> result.getStatus() == Status.FAILED)
        .flatMap(result -> result.getThrowable().stream())
        .toList();
  }

  @Test
  void passesADriverWithACancelSafeQueue() {
    assertEquals(List.of(), failures(CsqDriver::new));
  }

  @Test
  void passesADriverByHand() {
    assertEquals(List.of(), failures(HandMadeDriver::new));
  }

  @Test
  void passesADriverThatServesInADpc() {
    assertEquals(List.of(), failures(OddDrivers.ServesInADpc::new));
  }

  @Test
  void passesADriverThatTakesSoMany() {
    assertEquals(List.of(), failures(OddDrivers.TakesTwo::new));
  }

  @Test
  void passesADriverWhoseHardwareHasOneThatCannotBeCancelled() {
    assertEquals(List.of(), failures(StartsOne::new));
  }

  @Test
  void passesOneThatIsServedInADpc() {
    assertEquals(List.of(), failures(StartsOne.ServedInADpc::new));
  }

  @Test
  void passesOneThatGoesWhenTheHardwareIsDone() {
    assertEquals(List.of(), failures(StartsOne.WaitsForTheHardware::new));
  }

  /**
   * A wrong driver.
   *
   * @param clauses one of these must be named
   */
  record Wrong(List<Clause> clauses, Function<IoManager, DriverUnderTest> driver) {
    Wrong(Clause clause, Function<IoManager, DriverUnderTest> driver) {
      this(List.of(clause), driver);
    }
  }

  private static final Map<String, Wrong> WRONG =
      Map.of(
          "cleanup does nothing",
          new Wrong(
              Clause.CLEANUP,
              io ->
                  new CsqDriver(io) {
                    @Override
                    void cleanUp(FileObject file) {}
                  }),
          "cleanup of everything",
          new Wrong(
              Clause.CLEANUP,
              io ->
                  new CsqDriver(io) {
                    @Override
                    void cleanUp(FileObject file) {
                      drain(null);
                    }
                  }),
          "unload leaves what is pending",
          new Wrong(
              Clause.UNLOAD,
              io ->
                  new CsqDriver(io) {
                    @Override
                    public void unload() {
                      close();
                    }
                  }),
          "unload drains first and closes second",
          new Wrong(
              Clause.UNLOAD,
              io ->
                  new CsqDriver(io) {
                    @Override
                    public void unload() {
                      drain(null);
                      close();
                    }
                  }),
          "serves under the lock",
          new Wrong(
              Clause.COMPLETE_NOTHING_LOCKED,
              io ->
                  new CsqDriver(io) {
                    @Override
                    public void serve() {
                      Irp irp = csq.removeNextIrp(null);
                      if (irp != null) {
                        Irql irql = gate.callbacks.acquireLock(csq);
                        complete(irp, NtStatus.STATUS_SUCCESS);
                        gate.callbacks.releaseLock(csq, irql);
                      }
                    }
                  }),
          "forgets what it has removed",
          new Wrong(
              Clause.NO_LOST_CANCEL,
              io ->
                  new CsqDriver(io) {
                    @Override
                    public void serve() {
                      csq.removeNextIrp(null);
                    }
                  }),
          "serves the last one again",
          new Wrong(
              Clause.COMPLETE_ONCE,
              io ->
                  new CsqDriver(io) {
                    private volatile @Nullable Irp last;

                    @Override
                    public void serve() {
                      Irp irp = csq.removeNextIrp(null);
                      if (irp != null) {
                        complete(irp, NtStatus.STATUS_SUCCESS);
                        last = irp;
                      } else if (last != null) {
                        irp = last;
                        irp.io().completeRequest(irp);
                      }
                    }
                  }),
          "touches what it has queued",
          new Wrong(
              Clause.OWNERSHIP,
              io ->
                  new CsqDriver(io) {
                    @Override
                    NtStatus read(DeviceObject target, Irp irp) {
                      NtStatus status = super.read(target, irp);
                      if (status.equals(NtStatus.STATUS_PENDING)) {
                        irp.currentStackLocation();
                      }
                      return status;
                    }
                  }),
          "says pending of what it has completed",
          new Wrong(
              Clause.LIBRARY_OWNS,
              io ->
                  new CsqDriver(io) {
                    @Override
                    NtStatus read(DeviceObject target, Irp irp) {
                      super.read(target, irp);
                      return NtStatus.STATUS_PENDING;
                    }
                  }));

  @TestFactory
  Stream<DynamicTest> catches() {
    return Stream.of(WRONG, BrokenDrivers.all())
        .flatMap(drivers -> drivers.entrySet().stream())
        .map(wrong -> DynamicTest.dynamicTest(wrong.getKey(), () -> assertCaught(wrong.getKey(), wrong.getValue())));
  }

  private static void assertCaught(String name, Wrong wrong) {
    List<Throwable> failures = failures(wrong.driver());
    assertTrue(
        failures.stream().anyMatch(it -> it instanceof ContractViolation v && wrong.clauses().contains(v.clause())),
        () -> name + " is expected to break " + wrong.clauses() + ": " + failures);
  }
}
