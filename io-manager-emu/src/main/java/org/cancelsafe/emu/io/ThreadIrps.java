package org.cancelsafe.emu.io;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.StepKind;

/**
 * Which thread has which IRPs, and what becomes of them when it exits: they are cancelled, and the thread waits until
 * they are completed. One that takes too long is detached from it and logged. On an explored machine time is virtual,
 * and the wait is as long as anybody can go on; what is left then is lost, and reported as that.
 */
final class ThreadIrps {
  private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);

  private final IoManager io;
  private final Map<Activity, ThreadIo> lists = new ConcurrentHashMap<>();
  private final List<String> errorLog = new CopyOnWriteArrayList<>();
  private volatile Duration limit = FIVE_MINUTES;

  ThreadIrps(IoManager io) {
    this.io = io;
  }

  void setLimit(Duration limit) {
    this.limit = limit;
  }

  List<String> errorLog() {
    return List.copyOf(errorLog);
  }

  /** Puts an IRP on the calling thread's list. */
  void add(Irp irp) {
    Activity self = Activity.current();
    ThreadIo list = lists.computeIfAbsent(self, ThreadIo::new);
    list.add(irp);
    irp.extra().thread = self;
    irp.extra().threadIo = list;
  }

  void cancelThreadIo(Activity self) {
    ThreadIo list = lists.remove(self);
    if (list == null) {
      return;
    }
    List<Irp> left = list.exit();
    left.forEach(io::cancelIrp);
    if (left.isEmpty()) {
      return;
    }
    Machine machine = self.machine();
    if (!machine.block(self, StepKind.WAIT_THREAD_IO, list, machine.isControlled() ? -1 : limit.toNanos())) {
      List<Irp> late = list.irps();
      late.forEach(irp -> errorLog.add(irp + " of " + irp.currentDevice() + " was cancelled when " + self
          + " exited, and was not completed within " + limit.toMillis() + " ms"));
      list.detach(late);
    }
  }
}
