package org.cancelsafe.benchmarks;

import org.cancelsafe.csq.FifoCallbacks;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.Verifier;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A live machine with a driver that has one queue; shared by all benchmark threads. */
@State(Scope.Benchmark)
public class Driver {
  final Machine machine = Machine.live().processors(2).verifier(Verifier.OFF).build();
  final IoManager io = IoManager.of(machine);
  final IoCsq csq = new IoCsq();

  /** A driver with an empty queue. */
  public Driver() {
    csq.initialize(new FifoCallbacks("queue"));
  }

  /** An IRP as a dispatch routine gets it. */
  Irp newIrp() {
    Irp irp = io.allocateIrp(1);
    irp.setNextStackLocation();
    return irp;
  }

  /** What the queue's callback does to a cancelled IRP, for baselines. */
  void completeCancelled(Irp irp) {
    irp.setIoStatus(NtStatus.STATUS_CANCELLED, 0);
    io.completeRequest(irp);
  }

  /** The same IRP as good as new. */
  static Irp renew(Irp irp) {
    irp.reuse(NtStatus.STATUS_SUCCESS);
    irp.setNextStackLocation();
    return irp;
  }
}
