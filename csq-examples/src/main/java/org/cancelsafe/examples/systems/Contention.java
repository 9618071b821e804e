package org.cancelsafe.examples.systems;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.Verifier;
import org.cancelsafe.examples.systems.HottestLock.Design;

/**
 * Measures the hottest lock: threads send reads to devices of their own on a live machine, and serve them; every eighth
 * read is cancelled instead. Nothing of what one thread does concerns another one. With a queue of its own for each
 * device, they meet only when they cancel.
 */
public final class Contention {
  private static final int ONE_IN = 8;

  private final int threads;
  private final Duration time;

  /**
   * What came of one design.
   *
   * @param design its name
   * @param perSecond how many reads went through in a second, all threads together
   * @param cancelLockWaits how often somebody had to spin for the cancel spin lock, of a thousand reads
   * @param queueLockWaits how often somebody had to spin for a queue's own lock, of a thousand reads
   */
  public record Result(String design, double perSecond, double cancelLockWaits, double queueLockWaits) {}

  /** A measurement with so many threads, which takes so long for each design. */
  public Contention(int threads, Duration time) {
    if (threads < 1 || time.isNegative() || time.isZero()) {
      throw new IllegalArgumentException("it takes a thread and some time, not " + threads + " and " + time);
    }
    this.threads = threads;
    this.time = time;
  }

  /** Measures all designs, one after the other. */
  public List<Result> measure() {
    List<Result> results = new ArrayList<>();
    for (Design design : Design.values()) {
      results.add(measure(design));
    }
    return results;
  }

  private Result measure(Design design) {
    try (Machine machine = Machine.live().processors(threads).verifier(Verifier.OFF).build()) {
      IoManager io = IoManager.of(machine);
      List<ReadQueue> queues = new ArrayList<>();
      LongAdder reads = new LongAdder();
      long started = System.nanoTime();
      machine.boot(
          () -> {
            for (int i = 0; i < threads; i++) {
              ReadQueue queue = design.queue(io, "queue" + i);
              queues.add(queue);
              machine.startThread("client" + i, () -> reads.add(client(io, queue, started + time.toNanos())));
            }
          });
      machine.awaitRest(time.plusSeconds(60));
      double seconds = (System.nanoTime() - started) / 1e9;
      double thousands = Math.max(1, reads.sum()) / 1e3;
      long queueWaits = queues.stream().mapToLong(ReadQueue::contentions).sum();
      return new Result(
          design.toString(),
          reads.sum() / seconds,
          io.cancelSpinLockContentions() / thousands,
          queueWaits / thousands);
    }
  }

  private static long client(IoManager io, ReadQueue queue, long deadline) {
    DeviceObject device = queue.device(io, "device");
    Irp irp = io.allocateIrp(1);
    long reads = 0;
    while (System.nanoTime() < deadline) {
      for (int i = 0; i < ONE_IN; i++) {
        irp.nextStackLocation().setMajorFunction(MajorFunction.IRP_MJ_READ);
        io.callDriver(device, irp);
        if (i == 0) {
          io.cancelIrp(irp);
        } else {
          queue.serve();
        }
        irp.reuse(NtStatus.STATUS_SUCCESS);
      }
      reads += ONE_IN;
    }
    return reads;
  }
}
