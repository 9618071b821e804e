package org.cancelsafe.benchmarks.exploring;

import org.cancelsafe.csq.FifoCallbacks;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.scenario.Scenario;

/** The cancel-safe queue under threads that insert, cancel and remove at once. */
final class QueueScenarios {
  private QueueScenarios() {}

  /** One IRP, three threads: R4 of the comparison with other tools. */
  static Scenario oneIrp() {
    return Scenario.named("insert-cancel-remove")
        .model(
            machine -> {
              Queue queue = new Queue(machine);
              Irp irp = queue.newIrp();
              machine.startThread("Insert", () -> queue.insert(irp));
              machine.startThread("Cancel", () -> queue.cancel(irp));
              machine.startThread("Remove", queue::serveNext);
            });
  }

  /** Two IRPs, four threads. */
  static Scenario twoIrps() {
    return Scenario.named("two-irps")
        .model(
            machine -> {
              Queue queue = new Queue(machine);
              Irp first = queue.newIrp();
              Irp second = queue.newIrp();
              machine.startThread("Insert1", () -> queue.insert(first));
              machine.startThread("Insert2", () -> queue.insert(second));
              machine.startThread("Cancel1", () -> queue.cancel(first));
              machine.startThread("Remove", queue::serveNext);
            });
  }

  private static final class Queue {
    private final IoManager io;
    private final IoCsq csq = new IoCsq();

    Queue(Machine machine) {
      io = IoManager.of(machine);
      csq.initialize(new FifoCallbacks("queue"));
    }

    Irp newIrp() {
      Irp irp = io.allocateIrp(1);
      irp.setNextStackLocation();
      return irp;
    }

    void insert(Irp irp) {
      csq.insertIrp(irp, null);
    }

    void cancel(Irp irp) {
      io.cancelIrp(irp);
    }

    void serveNext() {
      Irp irp = csq.removeNextIrp(null);
      if (irp != null) {
        irp.setIoStatus(NtStatus.STATUS_SUCCESS, 0);
        io.completeRequest(irp);
      }
    }
  }
}
