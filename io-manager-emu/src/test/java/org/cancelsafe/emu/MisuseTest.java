package org.cancelsafe.emu;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.cancelsafe.emu.machine.Irql.DIRQL_5;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.cancelsafe.emu.ex.Ex;
import org.cancelsafe.emu.ex.ExSpinLock;
import org.cancelsafe.emu.ex.FastMutex;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverDispatch;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.Handle;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.IoStatusBlock;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.Mdl;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KMutex;
import org.cancelsafe.emu.ke.KProcessorMode;
import org.cancelsafe.emu.ke.KSemaphore;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.KThread;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.ke.KWaitReason;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.ke.WaitType;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.Verifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a clumsy driver does, and the one line that tells it so: what, where, and as a rule what to do instead. */
@Timeout(60)
class MisuseTest {
  @SuppressWarnings("NullAway")
  private static <T> T nothing() {
    return null;
  }

  private static DeviceObject device(Machine machine, DriverDispatch read) {
    DriverObject driver = new DriverObject("driver").setMajorFunction(IRP_MJ_READ, read);
    return IoManager.of(machine).createDevice(driver, "d", null);
  }

  private static DeviceObject device(Machine machine) {
    return device(machine, MisuseTest::complete);
  }

  private static NtStatus complete(DeviceObject device, Irp irp) {
    irp.setIoStatus(STATUS_SUCCESS, 0);
    device.io().completeRequest(irp);
    return STATUS_SUCCESS;
  }

  private static Mdl freed(Mdl mdl) {
    mdl.free();
    return mdl;
  }

  private static Irp pended(Machine machine) {
    DeviceObject device =
        device(
            machine,
            (own, irp) -> {
              irp.markPending();
              return STATUS_PENDING;
            });
    return device.io().request(new FileObject("f", device), IRP_MJ_READ);
  }

  private static Irp irp(Machine machine) {
    return IoManager.of(machine).allocateIrp(1);
  }

  private static KEvent event() {
    return new KEvent("E", KEvent.Type.NOTIFICATION_EVENT, false);
  }

  private static Arguments that(String says, Consumer<Machine> misuse) {
    return arguments(says, misuse);
  }

  /** The same above DISPATCH_LEVEL. */
  private static Arguments atDirql(String says, Runnable misuse) {
    return that("(0xC4/0x20011): " + says + " at DIRQL_5, thread", above(machine -> misuse.run()));
  }

  static Stream<Arguments> irps() {
    return Stream.of(
        that("\"irp\" is null", machine -> IoManager.of(machine).cancelIrp(nothing())),
        that("\"irp\" is null", machine -> IoManager.of(machine).completeRequest(nothing())),
        that("\"irp\" is null", machine -> IoManager.of(machine).freeIrp(nothing())),
        that("\"irp\" is null", machine -> IoManager.of(machine).callDriver(device(machine), nothing())),
        that("\"device\" is null", machine -> IoManager.of(machine).callDriver(nothing(), irp(machine))),
        that("IoAllocateIrp: an IRP has 1 to 127", machine -> IoManager.of(machine).allocateIrp(0)),
        that("IoAllocateIrp: an IRP has 1 to 127", machine -> IoManager.of(machine).allocateIrp(128)),
        that("at most 127 stack locations, a CCHAR, not -1", machine -> Irp.sizeOfIrp(-1)),
        that(
            "(0xC9/0x239): IoCompleteRequest(IRP#1): nobody sent it",
            machine -> IoManager.of(machine).completeRequest(irp(machine))),
        that("IRP#1 has no current stack location: nobody sent it", machine -> irp(machine).currentStackLocation()),
        that("IRP#1 has no current stack location: nobody sent it", machine -> irp(machine).skipCurrentStackLocation()),
        that("(0xC9): IRP#1 is marked pending by", machine -> irp(machine).markPending()),
        that("status", machine -> irp(machine).setIoStatus(nothing(), 0)),
        that("DriverContext has elements 0 to 3, not 4", machine -> irp(machine).driverContext(4)),
        that(
            "routine: IoSetCompletionRoutine of IRP#1",
            machine -> irp(machine).setCompletionRoutine(nothing(), null, true, false, false)),
        that("(0xC9/0x20A): IRP#1 is reused while d has it", machine -> pended(machine).reuse(STATUS_SUCCESS)),
        that("(0xC9/0x20A): IRP#1 is freed while d has it", machine -> IoManager.of(machine).freeIrp(pended(machine))),
        that("not 1 and 1", machine -> IoManager.of(machine).allocateIrp(1, false).initialize(1, 1)),
        that("\"entry\" is null", machine -> Irp.fromListEntry(nothing())),
        that("this list entry is in no IRP: head", machine -> Irp.fromListEntry(new ListEntry("head"))),
        that("0 or more bytes, not -1", machine -> new Mdl("buffer", -1)),
        that(
            "IoFreeMdl(MDL of 4 bytes of byte[]): main has freed it",
            machine -> freed(new Mdl(new byte[4], 4)).free()),
        that(
            "MmGetSystemAddressForMdlSafe(MDL of 16 bytes of buffer): main has freed it",
            machine -> freed(new Mdl("buffer", 16)).buffer()));
  }

  static Stream<Arguments> devices() {
    return Stream.of(
        that("driver", machine -> IoManager.of(machine).createDevice(nothing(), "d", null)),
        that("name", machine -> IoManager.of(machine).createDevice(new DriverObject("d"), nothing(), null)),
        that("name", machine -> new DriverObject(nothing())),
        that("major", machine -> new DriverObject("d").setMajorFunction(nothing(), MisuseTest::complete)),
        that("routine", machine -> new DriverObject("d").setMajorFunction(IRP_MJ_READ, nothing())),
        that("target", machine -> device(machine).attachDeviceToDeviceStack(nothing())),
        that("device", machine -> IoManager.of(machine).createFile(nothing(), "f")),
        that("file", machine -> IoManager.of(machine).request(nothing(), IRP_MJ_READ)),
        that("interrupt", machine -> IoManager.of(machine).connectInterrupt(nothing())),
        that("limit", machine -> IoManager.of(machine).setThreadIoLimit(nothing())),
        that("limit", machine -> IoManager.of(machine).setCancelledIrpLimit(nothing())),
        that("IoDetachDevice(d): no device is attached to it", machine -> device(machine).detachDevice()),
        that("driver driver has no StartIo routine", machine -> device(machine).startPacket(irp(machine), null, null)),
        that("device d has no DpcForIsr", machine -> device(machine).requestDpc(null, null)),
        that(
            "(0x18): ObDereferenceObject(f) by",
            machine -> {
              Handle handle = IoManager.of(machine).createFile(device(machine), "f");
              FileObject file = handle.fileObject();
              handle.close();
              file.dereference();
            }),
        that("(0x18): ObDereferenceObject(d) by", machine -> device(machine).dereference()),
        that(
            "(0xC4): IoCreateFile(f of d) at DISPATCH_LEVEL",
            machine -> {
              DeviceObject device = device(machine);
              Ke.raiseIrqlToDpcLevel();
              device.io().createFile(device, "f");
            }),
        that(
            "event",
            machine ->
                IoManager.of(machine)
                    .buildSynchronousFsdRequest(
                        IRP_MJ_READ, device(machine), null, 0, 0, nothing(), new IoStatusBlock())),
        that(
            "ioStatusBlock",
            machine ->
                IoManager.of(machine)
                    .buildSynchronousFsdRequest(IRP_MJ_READ, device(machine), null, 0, 0, event(), nothing())),
        that(
            "device",
            machine ->
                IoManager.of(machine).buildAsynchronousFsdRequest(IRP_MJ_READ, nothing(), null, 0, 0, null)));
  }

  static Stream<Arguments> kernelObjects() {
    return Stream.of(
        atDirql("KeResetEvent(E)", () -> event().reset()),
        atDirql("KeClearEvent(E)", () -> event().clear()),
        atDirql("KePulseEvent(E)", () -> event().pulse()),
        atDirql("KeReleaseSemaphore(S)", () -> new KSemaphore("S", 0, 2).release(1)),
        atDirql("KeReleaseMutex(M)", () -> new KMutex("M").release()),
        atDirql("KeSetTimer(T)", () -> new KTimer("T").set(-1, null)),
        atDirql("KeCancelTimer(T)", () -> new KTimer("T").cancel()),
        that("an IRQL is 0 to 15, not 16", machine -> Irql.of(16)),
        that("an IRQL is 0 to 15, not -1", machine -> Irql.of(-1)),
        that("\"newIrql\" is null", machine -> Ke.raiseIrql(nothing())),
        that("\"newIrql\" is null", machine -> Ke.lowerIrql(nothing())),
        that("0 or more microseconds, not -1", machine -> Ke.stallExecutionProcessor(-1)),
        that("waitType", machine -> Ke.waitForMultipleObjects(List.of(event()), nothing())),
        that("objects", machine -> Ke.waitForMultipleObjects(nothing(), WaitType.WAIT_ANY)),
        that(
            "KeWaitForMultipleObjects: object 1 is null",
            machine ->
                Ke.waitForMultipleObjects(
                    Arrays.asList(event(), nothing()),
                    WaitType.WAIT_ALL,
                    KWaitReason.EXECUTIVE,
                    KProcessorMode.KERNEL_MODE,
                    false,
                    0L)),
        that("waitMode", machine -> event().waitForSingleObject(KWaitReason.EXECUTIVE, nothing(), false, 0L)),
        that(
            "(0xC4): PsCreateSystemThread(t) at DISPATCH_LEVEL",
            machine -> {
              Ke.raiseIrqlToDpcLevel();
              KThread.createSystemThread(machine, "t", () -> {});
            }),
        that("releases FAST_MUTEX M, which nobody owns", machine -> new FastMutex("M").release()),
        that("STATUS_MUTANT_NOT_OWNED", machine -> new KMutex("M").release()),
        that("STATUS_SEMAPHORE_LIMIT_EXCEEDED: S stands at 1 of 2", machine -> new KSemaphore("S", 1, 2).release(2)),
        that("a semaphore is released by 1 or more, not 0", machine -> new KSemaphore("S", 1, 2).release(0)));
  }

  static Stream<Arguments> irqls() {
    KSpinLock lock = new KSpinLock("L");
    ExSpinLock both = new ExSpinLock("X");
    return Stream.of(
        that("(0xC4/0x42): KeAcquireSpinLock(L) at DIRQL_5, thread", above(machine -> lock.acquire())),
        that(
            "(0xC4/0x42): IoAcquireCancelSpinLock at DIRQL_5",
            above(machine -> IoManager.of(machine).acquireCancelSpinLock())),
        that("(0xC4/0x42): ExAcquireSpinLockShared(X) at DIRQL_5", above(machine -> both.acquireShared())),
        that("(0xC4/0x40): KeAcquireSpinLockAtDpcLevel(L) at PASSIVE_LEVEL", machine -> lock.acquireAtDpcLevel()),
        that("(0xC4/0x32): KeReleaseSpinLock(L) at PASSIVE_LEVEL", machine -> lock.release(Irql.PASSIVE_LEVEL)),
        that("(0xC4/0x41): KeReleaseSpinLockFromDpcLevel(L) at PASSIVE", machine -> lock.releaseFromDpcLevel()),
        that("(0xC4/0x41): ExReleaseSpinLockSharedFromDpcLevel(X)", machine -> both.releaseSharedFromDpcLevel()),
        that("(0xC4/0x30): KeRaiseIrql(APC_LEVEL) at DIRQL_5", above(machine -> Ke.raiseIrql(Irql.APC_LEVEL))),
        that("(0xC4/0x31): KeLowerIrql(DISPATCH_LEVEL) at PASSIVE", machine -> Ke.lowerIrql(Irql.DISPATCH_LEVEL)),
        that("(0xC4/0x121): KeDelayExecutionThread at DIRQL_5", above(machine -> Ke.delayExecutionThread(-1))),
        that("(0xC4/0x120): KeWaitForSingleObject(E) at DIRQL_5", above(machine -> event().waitForSingleObject())),
        that("(0xC4/0x80): KeSetEvent(E) at DIRQL_5", above(machine -> event().set())),
        that(
            "(0xC9/0xE): IoCompleteRequest(IRP#1) at DIRQL_5",
            above(machine -> complete(device(machine), irp(machine)))),
        that(
            "(0xC9/0x10): IoCallDriver(d, IRP#1) at DIRQL_5",
            above(machine -> IoManager.of(machine).callDriver(device(machine), irp(machine)))));
  }

  private static Consumer<Machine> above(Consumer<Machine> misuse) {
    return machine -> {
      Ke.raiseIrql(DIRQL_5);
      misuse.accept(machine);
    };
  }

  static Stream<Arguments> lists() {
    return Stream.of(
        that("\"entry\" is null", machine -> new ListEntry("head").insertTail(nothing())),
        that("(0x139/0x3): the list entry of X is the head of no list", machine -> entry().insertTail(entry())),
        that(
            "(0x139/0x3): the list entry of head is inserted into itself",
            machine -> {
              ListEntry head = new ListEntry("head");
              head.insertTail(head);
            }),
        that(
            "(0x139/0x3): the list entry of head is inserted into itself",
            machine -> {
              ListEntry head = new ListEntry("head");
              Ex.interlockedInsertTailList(head, head, new KSpinLock("L"));
            }),
        that("\"lock\" is null", machine -> Ex.interlockedRemoveHeadList(new ListEntry("head"), nothing())),
        that("entry", machine -> Ex.interlockedInsertHeadList(new ListEntry("head"), nothing(), new KSpinLock("L"))));
  }

  private static ListEntry entry() {
    return new ListEntry((Object) "X");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"irps", "devices", "kernelObjects", "irqls", "lists"})
  void isToldInOneLine(String says, Consumer<Machine> misuse) {
    try (Machine machine = Machine.live().verifier(Verifier.EVERYTHING).build()) {
      Throwable told = assertThrows(Throwable.class, () -> machine.run(() -> misuse.accept(machine)));
      String message = String.valueOf(told.getMessage());
      assertTrue(message.contains(says), message);
      assertFalse(message.contains("\n"), message);
    }
  }

  @Test
  void aRoutineThatIsNeverToldMayBeMissing() {
    onMachine(
        machine -> {
          Irp irp = irp(machine);
          irp.setCompletionRoutine(null, null, false, false, false);
          assertTrue(irp.nextStackLocation().control() == 0);
        });
  }
}
