package org.cancelsafe.emu.ex;

import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/** The rule that a list is changed by interlocked routines under one lock, or by none; for machines that verify. */
final class Interlock {
  private Interlock() {}

  /**
   * An interlocked routine is about to change a list.
   *
   * @param before the lock of earlier ones; null when there was none
   * @param used whether the list has entries
   * @return the list's lock from now on
   */
  static @Nullable Object changed(Object list, @Nullable Object before, boolean used, Object lock) {
    Machine machine = Activity.current().machine();
    if (before == lock || !machine.verifies()) {
      return before;
    }
    if (before != null || used) {
      String how = before == null ? "by plain list routines" : "under " + before;
      throw Rule.INTERLOCKED_LIST.violated(
          machine, list + ", changed " + how + ", is changed by an interlocked routine under " + lock, list);
    }
    return lock;
  }

  static Error plainChange(Object list, Object lock, String routine) {
    return Rule.INTERLOCKED_LIST.violated(
        Activity.current().machine(),
        routine + " on " + list + ", which interlocked routines change under " + lock,
        list);
  }
}
