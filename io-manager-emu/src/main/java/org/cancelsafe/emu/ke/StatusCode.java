package org.cancelsafe.emu.ke;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A 32-bit status code: what the kernel's and the I/O manager's kinds of {@code NTSTATUS} have in common. Equal codes
 * are equal, of whichever kind they are.
 */
public abstract class StatusCode {
  private final int code;
  private final @Nullable String name;

  /**
   * A status code.
   *
   * @param name null where none is known
   */
  protected StatusCode(int code, @Nullable String name) {
    this.code = code;
    this.name = name;
  }

  /** The 32-bit code. */
  public final int code() {
    return code;
  }

  /** {@code NT_SUCCESS}: whether this is a success or an informational code. */
  public final boolean isSuccess() {
    return code >= 0;
  }

  @Override
  public final boolean equals(@Nullable Object other) {
    return other instanceof StatusCode status && status.code == code;
  }

  @Override
  public final int hashCode() {
    return code;
  }

  @Override
  public final String toString() {
    return Objects.requireNonNullElseGet(name, () -> String.format("NTSTATUS 0x%08X", code));
  }
}
