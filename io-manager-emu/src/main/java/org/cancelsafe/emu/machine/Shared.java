package org.cancelsafe.emu.machine;

import org.jspecify.annotations.Nullable;

/**
 * A driver's own variable: plain memory that needs a lock, or an order, like any field of a device extension. Reading
 * or writing it is no scheduling point; two unordered accesses, one of them a write, are a data race and a finding of
 * every explored run.
 *
 * @param <T> what it holds
 */
public final class Shared<T extends @Nullable Object> extends Cell {
  private T value;

  /** A variable with this name and initial value. */
  public Shared(String name, T value) {
    super(name);
    this.value = value;
  }

  /** Reads the variable. */
  public T get() {
    reading();
    return value;
  }

  /** Writes the variable. */
  public void set(T value) {
    writing();
    this.value = value;
  }

  @Override
  public String snapshot() {
    return String.valueOf(value);
  }
}
