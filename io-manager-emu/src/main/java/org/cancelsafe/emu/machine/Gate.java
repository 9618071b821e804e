package org.cancelsafe.emu.machine;

import org.jspecify.annotations.Nullable;

/**
 * Something an activity may have to wait for: a spin lock to be free, an event to be signaled. Passing changes it:
 * the lock is owned, the synchronization event reset.
 */
public abstract class Gate extends MachineObject {
  /** A gate with this name. */
  protected Gate(@Nullable String name) {
    super(name);
  }

  /** Whether this activity could pass now. Changes nothing. */
  public abstract boolean passable(Activity activity);

  /** Passes if that is possible now: one atomic action, safe on real threads. */
  public abstract boolean tryPass(Activity activity);

  /** An activity of a live machine, which has just passed, had to spin before it could. */
  public void passedAfterSpinning() {}

  /** The object that a step through this gate is about. */
  public MachineObject subject() {
    return this;
  }

  /** What passing changes besides the subject; null for nothing else. */
  public @Nullable MachineObject alsoChanges() {
    return null;
  }

  /** Who keeps others from passing, where somebody does: the edge of a wait-for graph. */
  public @Nullable Activity owner() {
    return null;
  }
}
