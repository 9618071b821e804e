package org.cancelsafe.emu.machine;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** What is to act on a live machine when its time comes. Everything is asked under the scheduler's lock. */
final class LiveTimers {
  /** The time between two ticks of the clock. */
  static final long TICK_NANOS = 10_000_000;
  private static final ScheduledThreadPoolExecutor CLOCK = clock();

  private final Machine machine;
  private final Map<Gate, Pending> pending = new HashMap<>();

  private record Pending(Activity hardware, Future<?> expiry) {}

  LiveTimers(Machine machine) {
    this.machine = machine;
  }

  private static ScheduledThreadPoolExecutor clock() {
    ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1, body -> new Carrier("machine-clock", body));
    clock.setRemoveOnCancelPolicy(true);
    return clock;
  }

  boolean isEmpty() {
    return pending.isEmpty();
  }

  /** Sets a timer; {@code expire} is called without the lock. */
  void set(Gate gate, Activity hardware, Runnable expire, long nanos) {
    pending.put(gate, new Pending(hardware, CLOCK.schedule(expire, nanos, TimeUnit.NANOSECONDS)));
  }

  /** Whether this timer is still set; it no longer is. */
  boolean take(Gate gate) {
    return pending.remove(gate) != null;
  }

  /** Calls a timer off, if it is set. */
  void cancel(Gate gate) {
    Pending timer = pending.remove(gate);
    if (timer != null) {
      forget(timer);
    }
  }

  /** Has this done in a while, without anybody waiting for it. */
  void later(Runnable body, long nanos) {
    CLOCK.schedule(body, nanos, TimeUnit.NANOSECONDS);
  }

  void cancelAll() {
    pending.values().forEach(this::forget);
    pending.clear();
  }

  private void forget(Pending timer) {
    timer.expiry().cancel(false);
    machine.ended(timer.hardware());
  }
}
