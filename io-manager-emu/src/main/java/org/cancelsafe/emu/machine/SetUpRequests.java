package org.cancelsafe.emu.machine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The DPCs, interrupts and timers that a set-up asks for. They come when it is done, together with the threads that it
 * starts; earlier only when it waits for something, which may be what one of them does.
 */
final class SetUpRequests {
  private final Machine machine;
  private final List<Runnable> held = new ArrayList<>();
  private volatile @Nullable Activity setUp;
  private volatile boolean setUpWaits;

  SetUpRequests(Machine machine) {
    this.machine = machine;
  }

  /** This activity sets the machine up. */
  void by(Activity boot) {
    setUp = boot;
  }

  /** Whether this activity sets the machine up, or has. */
  boolean isBy(Activity activity) {
    return activity == setUp;
  }

  /** Whether what is asked for now is to be held. */
  boolean areHeld() {
    return machine.isBooting() && !setUpWaits;
  }

  /** Holds this. */
  synchronized void hold(Runnable request) {
    held.add(request);
  }

  /** Somebody waits; if that is the set-up, what was held is to begin. */
  List<Runnable> heldWhenWaiting(Activity waiter) {
    if (!isBy(waiter) || !areHeld()) {
      return List.of();
    }
    setUpWaits = true;
    return take();
  }

  /** The set-up is done: what was held is to begin. */
  List<Runnable> heldWhenDone() {
    setUpWaits = false;
    return take();
  }

  private synchronized List<Runnable> take() {
    List<Runnable> taken = List.copyOf(held);
    held.clear();
    return taken;
  }
}
