package org.cancelsafe.emu.io;

import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/** The timer of a device object. */
final class IoTimer {
  private static final long A_SECOND = 10_000_000;
  private static final int PERIOD_MILLISECONDS = 1_000;

  private final DeviceObject device;
  private final KTimer timer;
  private final KDpc dpc;
  private volatile @Nullable Activity running;

  IoTimer(DeviceObject device, IoTimerRoutine routine, @Nullable Object context) {
    this.device = device;
    this.timer = new KTimer(device + " timer");
    this.dpc = new KDpc(device + " IoTimer", (self, unused, one, two) -> run(routine, context), null);
  }

  static void checkMayInitialize(DeviceObject device, boolean again) {
    Activity self = Activity.current();
    Machine machine = self.machine();
    if (self.isAbove(Irql.PASSIVE_LEVEL)) {
      throw Rule.INITIALIZE_TIMER_ABOVE_PASSIVE.violated(
          machine, "IoInitializeTimer(" + device + ") at " + self.irql(), self.irql().level());
    }
    if (again) {
      throw Rule.TIMER_INITIALIZED_TWICE.violated(
          machine, "IoInitializeTimer(" + device + "), whose timer was initialised before");
    }
  }

  private void run(IoTimerRoutine routine, @Nullable Object context) {
    running = Activity.current();
    routine.run(device, context);
    running = null;
  }

  void start() {
    timer.setEx(A_SECOND, PERIOD_MILLISECONDS, dpc);
  }

  /** Its device is deleted. */
  void unregister() {
    timer.cancel();
  }

  void stop() {
    if (running == Activity.current()) {
      throw new IllegalStateException("IoStopTimer(" + device + ") inside the device's own IoTimer routine");
    }
    timer.cancel();
  }
}
