package org.cancelsafe.emu.machine;

import org.jspecify.annotations.Nullable;

/**
 * A variable of the model that several activities use: a global, a static, any field of a device extension. Reading
 * or writing it is no scheduling point; two unordered accesses, one of them a write, are a data race and a finding of
 * every explored run.
 *
 * @param <T> what it holds
 */
public sealed class Shared<T extends @Nullable Object> extends Cell permits PagedShared {
  private T value;

  /** A variable with this name and initial value. */
  public Shared(String name, T value) {
    super(name);
    this.value = value;
  }

  /**
   * A variable in pageable memory: paged pool, or a driver's pageable data section. Here the page is never resident
   * when it matters, as under Driver Verifier's Force IRQL Checking: touching it at DISPATCH_LEVEL or above is {@code
   * 0xD1}.
   *
   * @param <T> what it holds
   */
  public static <T extends @Nullable Object> Shared<T> paged(String name, T value) {
    return new PagedShared<>(name, value);
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
  public final String snapshot() {
    return String.valueOf(value);
  }
}
