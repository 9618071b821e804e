package org.cancelsafe.emu.io;

import static java.util.Objects.requireNonNull;

/**
 * {@code MDL}: describes a buffer's memory. It is its allocator's: freeing an IRP does not free it.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/using-mdls">Using MDLs</a>
 */
public final class Mdl {
  private final Object buffer;
  private final long byteCount;
  private volatile boolean freed;

  /** {@code IoAllocateMdl}: describes this much of a buffer. IRQL: at most DISPATCH_LEVEL. */
  public Mdl(Object buffer, long byteCount) {
    this.buffer = requireNonNull(buffer, "buffer");
    this.byteCount = byteCount;
  }

  /** {@code MmGetSystemAddressForMdlSafe}: the buffer. */
  public Object buffer() {
    if (freed) {
      throw new IllegalStateException("the MDL was freed");
    }
    return buffer;
  }

  /** {@code MmGetMdlByteCount}. */
  public long byteCount() {
    return byteCount;
  }

  /** {@code IoFreeMdl}. IRQL: at most DISPATCH_LEVEL. */
  public void free() {
    if (freed) {
      throw new IllegalStateException("the MDL was freed before");
    }
    freed = true;
  }

  /** Whether it was freed; for assertions. */
  public boolean isFreed() {
    return freed;
  }
}
