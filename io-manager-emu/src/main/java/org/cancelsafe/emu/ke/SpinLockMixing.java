package org.cancelsafe.emu.ke;

import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;

/** A spin lock is used with the ordinary routines or with the queued ones, and not before it has been initialised. */
final class SpinLockMixing {
  private SpinLockMixing() {}

  static BugCheck ordinaryUseOfQueued(Activity self, SpinLockWord lock) {
    return Rule.ORDINARY_USE_OF_QUEUED_LOCK.violated(
        self.machine(),
        self + " uses " + lock + " with an ordinary spin lock routine; it is used as a queued spin lock",
        lock);
  }

  static BugCheck queuedUseOfOrdinary(Activity self, SpinLockWord lock) {
    return Rule.QUEUED_USE_OF_ORDINARY_LOCK.violated(
        self.machine(),
        self + " uses " + lock + " with a queued spin lock routine; it was acquired as an ordinary one",
        lock);
  }

  static BugCheck uninitialized(Activity self, SpinLockWord lock) {
    return Rule.SPIN_LOCK_NOT_INITIALIZED.violated(
        self.machine(), self + " uses " + lock + " before KeInitializeSpinLock", lock);
  }

  static BugCheck otherUseOfListLock(Activity self, SpinLockWord lock) {
    return Rule.INTERLOCKED_LIST_LOCK.violated(
        self.machine(), self + " acquires " + lock + ", which is the lock of an interlocked list", lock);
  }

  static BugCheck listUseOfOther(Activity self, SpinLockWord lock) {
    return Rule.INTERLOCKED_LIST_LOCK.violated(
        self.machine(),
        lock + ", which was acquired as a spin lock, is passed to an interlocked list routine",
        lock);
  }
}
