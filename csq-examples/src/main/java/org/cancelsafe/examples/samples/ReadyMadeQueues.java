package org.cancelsafe.examples.samples;

import com.google.auto.service.AutoService;
import com.google.common.collect.ImmutableList;
import java.util.Comparator;
import java.util.List;
import org.cancelsafe.csq.FifoCallbacks;
import org.cancelsafe.csq.FileObjectCallbacks;
import org.cancelsafe.csq.IoCsqIrpContext;
import org.cancelsafe.csq.PriorityCallbacks;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.examples.drivers.Expect;
import org.cancelsafe.examples.drivers.QueueDevice;
import org.cancelsafe.examples.drivers.UnlockedCallbacks;
import org.cancelsafe.hunter.scenario.Scenario;

/** csq. */
@AutoService(CatalogueEntry.class)
public final class ReadyMadeQueues implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("csq", Family.DESIGNS, "The queues of csq-core")
        .text(
            """
            The queues that csq-core brings, each against what may happen to it at the same time; and one whose lock
            callbacks do nothing.""")
        .mistake(UnlockedCallbacks.class, "acquireLock")
        .mistake(UnlockedCallbacks.class, "releaseLock");
  }

  @Override
  public List<Scenario> scenarios() {
    return ImmutableList.of(
        Scenario.named("csq.fifo").about("insert, cancel and remove next, all at once")
            .model(QueueDevice.insertCancelRemove(() -> new FifoCallbacks("queue"))),
        Scenario.named("csq.context")
            .about("insert with a context, then remove by it, against a cancel")
            .model(ReadyMadeQueues::context),
        Scenario.named("csq.two-irps")
            .about("the first is being cancelled: remove next gets the second")
            .model(ReadyMadeQueues::twoIrps),
        Scenario.named("csq.priority")
            .about("the urgent one comes first, unless it is cancelled")
            .model(ReadyMadeQueues::priority),
        Scenario.named("csq.cleanup")
            .about("a read that overtakes the cleanup of its file is not stranded")
            .model(ReadyMadeQueues::cleanup),
        Scenario.named("csq.startio")
            .about("two reads, one cancelled: one is current at a time, none is left")
            .model(ReadyMadeQueues::startIo),
        Scenario.named("csq.no-lock")
            .about("a queue whose lock callbacks do nothing (B-16)")
            .expectingRace("DataRace")
            .model(QueueDevice.insertCancelRemove(UnlockedCallbacks::new)));
  }

  private static void context(Machine machine) {
    QueueDevice device = new QueueDevice(machine, csq -> csq.initialize(new FifoCallbacks("queue")));
    Irp irp = device.newRead(device.open("file"));
    IoCsqIrpContext context = new IoCsqIrpContext();
    QueueDevice.setContext(irp, context);
    machine.startThread(
        "Read",
        () -> {
          device.send(irp);
          device.serve(device.csq().removeIrp(context));
        });
    machine.startThread("Cancel", () -> device.cancel(irp));
    machine.startThread("Remove", () -> device.serve(device.csq().removeNextIrp(null)));
    machine.afterwards(() -> Expect.completed(irp));
  }

  private static void twoIrps(Machine machine) {
    QueueDevice device = new QueueDevice(machine, csq -> csq.initialize(new FifoCallbacks("queue")));
    FileObject file = device.open("file");
    Irp first = device.newRead(file);
    Irp second = device.newRead(file);
    device.send(first);
    device.send(second);
    machine.startThread("Cancel", () -> device.cancel(first));
    machine.startThread(
        "Remove",
        () -> {
          Irp irp = device.csq().removeNextIrp(null);
          Expect.that(irp != null, "the second IRP was there, and nobody cancelled it");
          device.serve(irp);
        });
    machine.startThread("CancelToo", () -> device.cancel(first));
  }

  private static void priority(Machine machine) {
    FileObject[] byUrgency = new FileObject[2];
    Comparator<Irp> order =
        Comparator.comparing(irp -> irp.currentStackLocation().fileObject() == byUrgency[0] ? 0 : 1);
    QueueDevice device =
        new QueueDevice(machine, csq -> csq.initialize(new PriorityCallbacks("queue", order)));
    byUrgency[0] = device.open("urgent");
    byUrgency[1] = device.open("other");
    Irp urgent = device.newRead(byUrgency[0]);
    Irp other = device.newRead(byUrgency[1]);
    device.send(other);
    machine.startThread(
        "Read",
        () -> {
          device.send(urgent);
          Irp first = device.csq().removeNextIrp(null);
          Irp then = device.csq().removeNextIrp(null);
          Expect.that(then != urgent, "the urgent IRP came second");
          device.serve(first);
          device.serve(then);
        });
    machine.startThread("Cancel", () -> device.cancel(urgent));
    machine.afterwards(() -> Expect.completed(urgent, other));
  }

  private static void cleanup(Machine machine) {
    FileObjectCallbacks callbacks = new FileObjectCallbacks("queue");
    QueueDevice device = new QueueDevice(machine, csq -> csq.initializeEx(callbacks));
    FileObject file = device.open("file");
    Irp queued = device.newRead(file);
    Irp coming = device.newRead(file);
    device.send(queued);
    machine.startThread("Read", () -> device.send(coming));
    machine.startThread("Cleanup", () -> callbacks.cleanup(device.csq(), file));
    machine.startThread("Cancel", () -> device.cancel(queued));
    machine.afterwards(() -> Expect.completed(queued, coming));
  }

  private static void startIo(Machine machine) {
    StartIoDriver driver = StartIoDriver.ofFastDevice(machine);
    FileObject file = driver.open("file");
    Irp one = driver.newRead(file);
    Irp two = driver.newRead(file);
    machine.startThread("Read1", () -> driver.send(one));
    machine.startThread("Read2", () -> driver.send(two));
    machine.startThread("Cancel", () -> driver.cancel(two));
    machine.afterwards(() -> Expect.completed(one, two));
  }
}
