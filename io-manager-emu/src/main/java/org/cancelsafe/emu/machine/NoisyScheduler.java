package org.cancelsafe.emu.machine;

import java.util.List;

/**
 * Real threads that are delayed: at their steps, and between them where plain memory is accessed or something is used
 * that others may put an end to. Time passes faster here than a model says, and not the same each time.
 */
final class NoisyScheduler extends LiveScheduler {
  private static final int MOST_EXPIRIES_IN_VAIN = 100;

  private final Machine machine;
  private final Noise noise;

  NoisyScheduler(Machine machine, long seed) {
    super(machine);
    this.machine = machine;
    this.noise = new Noise(seed, machine, this::canGoOn, this::isPreempted);
  }

  private boolean isQuiet() {
    return machine.isBooting() || machine.isStopped();
  }

  @Override
  public void startAll(List<Activity> threads) {
    noise.expect(threads.size());
    super.startAll(threads);
  }

  @Override
  void begins() {
    noise.awaitStart();
  }

  @Override
  void begin(Runnable request) {
    later(request, noise.soon());
  }

  @Override
  void disturb(Activity self) {
    super.disturb(self);
    if (!isQuiet()) {
      noise.at(self);
    }
  }

  @Override
  public void access(Activity self, Cell cell, boolean write) {
    unwindIfStopped(self);
    if (!isQuiet()) {
      noise.access(self, cell, write);
    }
  }

  @Override
  public void used(Activity self, MachineObject object) {
    if (!isQuiet()) {
      noise.between(self);
    }
  }

  /** Only what the set-up has made runs here. */
  @Override
  boolean isClosed() {
    return true;
  }

  /** A timer that is set again and again would keep a round from its end. */
  @Override
  int mostExpiriesInVain() {
    return MOST_EXPIRIES_IN_VAIN;
  }

  /** Somebody who waits at a place, and stands, lets in what waits for its processor. */
  private boolean isPreempted(Activity self) {
    Processor processor = self.processor();
    if (processor == null || !processor.attention()) {
      return false;
    }
    noise.goesOn();
    try {
      return letOthersIn(self, processor);
    } finally {
      noise.stands();
    }
  }

  @Override
  void stands() {
    noise.stands();
  }

  @Override
  void goesOn() {
    noise.goesOn();
  }

  @Override
  long hastened(Activity self, long nanos) {
    return noise.hasten(self, nanos);
  }
}
