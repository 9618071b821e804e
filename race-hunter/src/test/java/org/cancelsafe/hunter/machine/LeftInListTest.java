package org.cancelsafe.hunter.machine;

import static java.util.Objects.requireNonNull;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.cancelsafe.emu.ex.Ex;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.ke.KSemaphore;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

/** An IRP that was completed is freed memory, in a list too: for its neighbours, and for whoever comes next. */
class LeftInListTest {
  /** Reads are linked; then one thread does this to the list that they are in. */
  private static Report hunt(int reads, Consumer<ListEntry> body) {
    return hunt(reads, (queue, sendAnother) -> body.accept(queue));
  }

  /** The same with one more read that may be sent, and linked. */
  private static Report hunt(int reads, BiConsumer<ListEntry, Runnable> body) {
    return Hunter.explore(
        Scenario.named("list")
            .about("IRPs in a list")
            .model(
                machine -> {
                  IoManager io = IoManager.of(machine);
                  ListEntry queue = new ListEntry("queue");
                  DriverObject driver =
                      new DriverObject("driver")
                          .setMajorFunction(
                              IRP_MJ_READ,
                              (device, irp) -> {
                                irp.markPending();
                                queue.insertTail(irp.listEntry());
                                return STATUS_PENDING;
                              });
                  DeviceObject device = io.createDevice(driver, "device", null);
                  FileObject file = new FileObject("file", device);
                  for (int i = 0; i < reads; i++) {
                    io.request(file, IRP_MJ_READ);
                  }
                  Irp next = io.buildRequest(file, IRP_MJ_READ);
                  machine.startThread("T", () -> body.accept(queue, () -> io.callDriver(device, next)));
                }));
  }

  private static void complete(Irp irp) {
    irp.setIoStatus(STATUS_SUCCESS, 0);
    irp.io().completeRequest(irp);
  }

  private static Irp first(ListEntry queue) {
    return Irp.fromListEntry(requireNonNull(queue.flink()));
  }

  private static void assertTouched(Report report, String how) {
    assertEquals("IrpTouchedAfterCompletion", report.rule());
    assertTrue(requireNonNull(report.finding()).message().contains(how), report.finding().message());
  }

  @Test
  void whatIsLeftInTheQueueIsFoundThoughNobodyUsesIt() {
    assertTouched(
        hunt(1, queue -> complete(first(queue))), "IRP#1 was completed and is still in the list queue: whoever uses");
  }

  @Test
  void aNeighbourThatComesChangesItsLinks() {
    assertTouched(
        hunt(
            1,
            (queue, sendAnother) -> {
              complete(first(queue));
              sendAnother.run();
            }),
        "use of the links of IRP#1, which T completed");
  }

  @Test
  void aNeighbourThatGoesChangesItsLinks() {
    assertTouched(
        hunt(
            2,
            queue -> {
              Irp last = Irp.fromListEntry(requireNonNull(queue.blink()));
              complete(first(queue));
              last.listEntry().removeEntry();
            }),
        "use of the links of IRP#1");
  }

  @Test
  void whoWalksOnFromItReadsItsLinks() {
    assertTouched(
        hunt(
            2,
            queue -> {
              ListEntry entry = requireNonNull(queue.flink());
              complete(Irp.fromListEntry(entry));
              entry.flink();
            }),
        "use of the links of IRP#1");
  }

  @Test
  void whoUnlinksFirstIsRight() {
    Report report =
        hunt(
            2,
            queue -> {
              complete(Irp.fromListEntry(queue.removeHead()));
              complete(Irp.fromListEntry(queue.removeHead()));
            });
    assertEquals(Verdict.VERIFIED, report.verdict());
  }

  /** The next one is read before; nobody looks at the links again, and the head is made new. */
  @Test
  void aWalkThatEmptiesTheQueueAtItsEndIsRight() {
    Report report =
        hunt(
            3,
            queue -> {
              completeAll(queue);
              queue.initialize();
            });
    assertEquals(Verdict.VERIFIED, report.verdict());
  }

  /** A list on the stack is gone when its routine returns, and what is in it does not matter. */
  @Test
  void aListOnTheStackMayKeepThem() {
    Report report =
        hunt(
            2,
            queue -> {
              ListEntry mine = new ListEntry("mine");
              while (!queue.isEmpty()) {
                mine.insertTail(queue.removeHead());
              }
              completeAll(mine);
            });
    assertEquals(Verdict.VERIFIED, report.verdict());
  }

  private static void completeAll(ListEntry queue) {
    ListEntry entry = requireNonNull(queue.flink());
    while (entry != queue) {
      Irp irp = Irp.fromListEntry(entry);
      entry = requireNonNull(entry.flink());
      complete(irp);
    }
  }

  /** Interlocked routines change neighbours too, each in one step. */
  @Test
  void aNeighbourThatComesIntoAnInterlockedList() {
    Report report =
        huntInterlocked(
            (machine, list) ->
                machine.startThread(
                    "T",
                    () -> {
                      list.send(0);
                      complete(list.irps().get(0));
                      list.send(1);
                    }));
    assertTouched(report, "use of the links of IRP#1, which T completed");
  }

  @Test
  void whoTakesWhatHeCompletesOutOfAnInterlockedList() {
    Report report =
        huntInterlocked(
            (machine, list) -> {
              machine.startThread("Reads", () -> list.send(0));
              machine.startThread("Reads2", () -> list.send(1));
              machine.startThread("Server", list::serve);
              machine.startThread("Server2", list::serve);
            });
    assertEquals(Verdict.VERIFIED, report.verdict(), () -> ReportText.of(report));
  }

  private record InterlockedList(
      ListEntry queue, KSpinLock lock, KSemaphore queued, DeviceObject device, List<Irp> irps) {
    void send(int index) {
      irps.get(index).io().callDriver(device, irps.get(index));
    }

    void serve() {
      queued.waitForSingleObject();
      complete(Irp.fromListEntry(requireNonNull(Ex.interlockedRemoveHeadList(queue, lock))));
    }
  }

  private static Report huntInterlocked(BiConsumer<Machine, InterlockedList> threads) {
    return Hunter.explore(
        Scenario.named("interlocked")
            .about("IRPs in an interlocked list")
            .model(
                machine -> {
                  IoManager io = IoManager.of(machine);
                  KSpinLock lock = new KSpinLock("lock");
                  KSemaphore queued = new KSemaphore("queued", 0, 2);
                  ListEntry queue = new ListEntry("queue");
                  DriverObject driver =
                      new DriverObject("driver")
                          .setMajorFunction(
                              IRP_MJ_READ,
                              (device, irp) -> {
                                irp.markPending();
                                Ex.interlockedInsertTailList(queue, irp.listEntry(), lock);
                                queued.release(1);
                                return STATUS_PENDING;
                              });
                  DeviceObject device = io.createDevice(driver, "device", null);
                  FileObject file = new FileObject("file", device);
                  List<Irp> irps = List.of(io.buildRequest(file, IRP_MJ_READ), io.buildRequest(file, IRP_MJ_READ));
                  threads.accept(machine, new InterlockedList(queue, lock, queued, device, irps));
                }));
  }
}
