package org.cancelsafe.hunter.explore;

import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Cell;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.StepKind;
import org.jspecify.annotations.Nullable;

/** Watches a run, to record it. A run that is watched is also looked through for monitors that are held at steps. */
public interface RunObserver {
  /** Records nothing. */
  RunObserver OF_NOTHING = new RunObserver() {};

  /** A new activity; they are numbered from 0. */
  default void activity(int index, Activity activity) {}

  /** Somebody has come to its next step, and waits for its turn. */
  default void announces(int index, StepKind kind, MachineObject target) {}

  /**
   * Somebody is about to take a step.
   *
   * @param preempts whether somebody else could have gone on
   * @param site where the step was announced
   */
  default void step(
      int index,
      StepKind kind,
      MachineObject target,
      @Nullable Object operand,
      boolean preempts,
      @Nullable String site) {}

  /** Something happened in the middle of a step. */
  default void note(int index, StepKind kind, MachineObject target, @Nullable Object operand) {}

  /** What the last step returned. */
  default void outcome(@Nullable Object value) {}

  /** Plain memory is about to be read or written; whether that is a race is not known yet. */
  default void access(int index, Cell cell, boolean write) {}

  /** Says where in the model's source the running activity is. */
  default @Nullable String site() {
    return null;
  }

  /** The machine has stopped, and somebody waits here for what nobody will do. */
  default void waits(int index, Gate gate, @Nullable String site) {}

  /**
   * The machine stops, and nothing has been unwound yet.
   *
   * @param index who stopped it; -1 when it was found at rest
   */
  default void ended(int index) {}
}
