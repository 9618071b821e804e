package org.cancelsafe.benchmarks;

import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Attachment;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A benchmark thread as a thread of the machine, with an IRP of its own. */
@State(Scope.Thread)
public class Requester {
  private @Nullable Attachment attachment;
  private @Nullable Irp irp;

  /** Attaches the thread. */
  @Setup(Level.Iteration)
  public void attach(Driver driver) {
    attachment = driver.machine.attachCurrentThread("requester");
    if (irp == null) {
      irp = driver.newIrp();
    }
  }

  /** Detaches the thread. */
  @TearDown(Level.Iteration)
  public void detach() {
    if (attachment != null) {
      attachment.close();
    }
  }

  Irp irp() {
    if (irp == null) {
      throw new IllegalStateException("not attached");
    }
    return irp;
  }

  /** From now on this IRP is the thread's: where several threads use one queue, each gets what comes. */
  @Nullable Irp next(@Nullable Irp next) {
    irp = next;
    return next;
  }
}
