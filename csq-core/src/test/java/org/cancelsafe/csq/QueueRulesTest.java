package org.cancelsafe.csq;

import static org.cancelsafe.csq.TestDriver.onMachine;
import static org.cancelsafe.csq.TestDriver.stops;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verifyNoInteractions;

import java.util.stream.Stream;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.BugCheckCode;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mockito.stubbing.Answer;

/** Initialisation, IRQL, ownership of DriverContext, what a dispatch routine returns, and recursion. */
class QueueRulesTest {
  /** Something that is done to a queue, with an IRP at hand. */
  interface Call {
    void on(IoCsq csq, Irp irp);
  }

  static Stream<Named<Call>> calls() {
    return Stream.of(
        Named.of("IoCsqInsertIrp", (csq, irp) -> csq.insertIrp(irp, null)),
        Named.of("IoCsqInsertIrpEx", (csq, irp) -> csq.insertIrpEx(irp, null, null)),
        Named.of("IoCsqRemoveIrp", (csq, irp) -> csq.removeIrp(new IoCsqIrpContext())),
        Named.of("IoCsqRemoveNextIrp", (csq, irp) -> csq.removeNextIrp(null)));
  }

  @Test
  @Statement({1, 2})
  void initializingCallsNothingAtAnyIrql() {
    CsqCallbacksEx callbacks = mock(CsqCallbacksEx.class);
    onMachine(
        driver -> {
          for (Irql level : Irql.values()) {
            Irql old = Ke.raiseIrql(level);
            assertEquals(NtStatus.STATUS_SUCCESS, new IoCsq().initialize(callbacks));
            assertEquals(NtStatus.STATUS_SUCCESS, new IoCsq().initializeEx(callbacks));
            Ke.lowerIrql(old);
          }
        });
    verifyNoInteractions(callbacks);
  }

  @Test
  @Statement({1, 2})
  void initializingNeedsNoMachine() {
    assertEquals(NtStatus.STATUS_SUCCESS, new IoCsq().initialize(new FifoCallbacks("queue")));
  }

  @ParameterizedTest
  @MethodSource("calls")
  @Statement(3)
  void aboveDispatchLevelIsAViolation(Call call) {
    CsqCallbacks callbacks = mock(CsqCallbacks.class);
    BugCheck stop =
        stops(
            Rule.IRQL_DISPATCH_LTE,
            driver -> {
              IoCsq csq = new IoCsq();
              csq.initialize(callbacks);
              Irp irp = driver.irp();
              Ke.raiseIrql(Irql.DIRQL_3);
              call.on(csq, irp);
            });
    assertEquals(BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, stop.code());
    assertEquals(0x20011, stop.parameters().get(0));
    verifyNoInteractions(callbacks);
  }

  @ParameterizedTest
  @MethodSource("calls")
  @Statement(3)
  void atDispatchLevelItWorks(Call call) {
    onMachine(
        driver -> {
          IoCsq csq = new IoCsq();
          csq.initialize(new FifoCallbacks("queue"));
          Irql old = Ke.raiseIrqlToDpcLevel();
          call.on(csq, driver.irp());
          assertEquals(Irql.DISPATCH_LEVEL, Ke.getCurrentIrql());
          assertEquals(0, Activity.current().spinLocksHeld());
          Ke.lowerIrql(old);
        });
  }

  @Test
  @Statement(44)
  void onlyTheLastElementOfDriverContextIsTheQueues() {
    onMachine(
        driver -> {
          IoCsq csq = new IoCsq();
          csq.initialize(new FifoCallbacks("queue"));
          Irp irp = driver.irp();
          Object[] own = {new Object(), new Object(), new Object()};
          for (int i = 0; i < own.length; i++) {
            irp.setDriverContext(i, own[i]);
          }
          IoCsqIrpContext context = new IoCsqIrpContext();
          csq.insertIrp(irp, null);
          assertSame(csq, irp.driverContext(3));
          assertSame(irp, csq.removeNextIrp(null));
          csq.insertIrp(irp, context);
          assertSame(context, irp.driverContext(3));
          for (int i = 0; i < own.length; i++) {
            assertSame(own[i], irp.driverContext(i));
          }
          assertSame(irp, csq.removeIrp(context));
          for (int i = 0; i < own.length; i++) {
            assertSame(own[i], irp.driverContext(i));
          }
        });
  }

  /** A device extension with a queue embedded. */
  private static final class Extension {
    final IoCsq csq = new IoCsq();

    Extension() {
      csq.initialize(new FifoCallbacks("queue"));
    }
  }

  private static DriverObject driverReturning(NtStatus status) {
    return new DriverObject("driver")
        .setMajorFunction(
            MajorFunction.IRP_MJ_READ,
            (device, irp) -> {
              device.deviceExtension(Extension.class).csq.insertIrp(irp, null);
              return status;
            });
  }

  @Test
  @Statement(45)
  void aQueueLivesInADeviceExtension() {
    onMachine(
        driver -> {
          DeviceObject device =
              driver.io.createDevice(driverReturning(NtStatus.STATUS_PENDING), "device", new Extension());
          Irp first = driver.io.request(new FileObject("file", device), MajorFunction.IRP_MJ_READ);
          Irp second = driver.io.request(new FileObject("file", device), MajorFunction.IRP_MJ_READ);
          assertTrue(driver.io.cancelIrp(first));
          assertSame(second, device.deviceExtension(Extension.class).csq.removeNextIrp(null));
        });
  }

  @Test
  @Statement(46)
  void aDispatchRoutineThatInsertedReturnsPending() {
    BugCheck stop =
        stops(
            Rule.MARKED_NOT_PENDING,
            driver -> {
              DeviceObject device =
                  driver.io.createDevice(driverReturning(NtStatus.STATUS_SUCCESS), "device", new Extension());
              driver.io.request(new FileObject("file", device), MajorFunction.IRP_MJ_READ);
            });
    assertEquals(BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION, stop.code());
    assertEquals(0x23E, stop.parameters().get(0));
  }

  @Test
  @Statement(46)
  void evenWhenTheIrpWasCancelledInsideTheInsert() {
    stops(
        Rule.MARKED_NOT_PENDING,
        driver -> {
          DeviceObject device =
              driver.io.createDevice(driverReturning(NtStatus.STATUS_CANCELLED), "device", new Extension());
          Irp irp = driver.io.buildRequest(new FileObject("file", device), MajorFunction.IRP_MJ_READ);
          driver.io.cancelIrp(irp);
          driver.io.callDriver(device, irp);
        });
  }

  @ParameterizedTest
  @MethodSource("calls")
  @Statement(47)
  void recursionFromTheInsertCallback(Call call) {
    assertRecursion(
        (callbacks, driver) -> doAnswer(calling(call, driver)).when(callbacks).insertIrp(any(), any()));
  }

  @ParameterizedTest
  @MethodSource("calls")
  @Statement(47)
  void recursionFromThePeekCallback(Call call) {
    assertRecursion(
        (callbacks, driver) -> doAnswer(calling(call, driver)).when(callbacks).peekNextIrp(any(), any(), any()));
  }

  @ParameterizedTest
  @MethodSource("calls")
  @Statement(47)
  void recursionFromTheRemoveCallback(Call call) {
    assertRecursion(
        (callbacks, driver) -> doAnswer(calling(call, driver)).when(callbacks).removeIrp(any(), any()));
  }

  private static Answer<Object> calling(Call call, TestDriver driver) {
    return invocation -> {
      call.on(invocation.getArgument(0), driver.irp());
      return null;
    };
  }

  private interface Recursion {
    void into(CsqCallbacks callbacks, TestDriver driver);
  }

  private static void assertRecursion(Recursion recursion) {
    BugCheck stop =
        stops(
            Rule.SPIN_LOCK_RECURSION,
            driver -> {
              CsqCallbacks callbacks = mock(CsqCallbacks.class, delegatesTo(new FifoCallbacks("queue")));
              recursion.into(callbacks, driver);
              IoCsq csq = new IoCsq();
              csq.initialize(callbacks);
              csq.insertIrp(driver.irp(), null);
              assertNotNull(csq.removeNextIrp(null));
              assertNull(csq.removeNextIrp(null));
            });
    assertEquals(BugCheckCode.SPIN_LOCK_ALREADY_OWNED, stop.code());
  }
}
