package org.cancelsafe.emu.machine;

import org.jspecify.annotations.Nullable;

/** Anything a step can be about: a lock, an IRP, an event, a variable. It has a name for traces. */
public abstract class MachineObject {
  private final @Nullable String name;
  private @Nullable Object shadow;

  /** An object with this name; without one, a trace numbers it within its kind. */
  protected MachineObject(@Nullable String name) {
    this.name = name;
  }

  /** The name its maker gave it. */
  public @Nullable String name() {
    return name;
  }

  /** What kind of object this is, as a trace says it: {@code IRP}, {@code KSPIN_LOCK}. */
  public String kindName() {
    return getClass().getSimpleName();
  }

  /**
   * The state of this object as a column of a trace shows it, read without taking a step; null for an object that no
   * column is about.
   */
  public @Nullable String snapshot() {
    return null;
  }

  /** What the machine's scheduler keeps about this object. */
  public final @Nullable Object shadow() {
    return shadow;
  }

  /** Only the scheduler of the object's machine sets this. */
  public final void setShadow(@Nullable Object shadow) {
    this.shadow = shadow;
  }

  @Override
  public String toString() {
    String given = name();
    return given != null ? given : kindName();
  }
}
