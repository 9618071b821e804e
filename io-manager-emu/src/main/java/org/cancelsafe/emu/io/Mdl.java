package org.cancelsafe.emu.io;

import static java.util.Objects.requireNonNull;

import org.cancelsafe.emu.machine.Activity;
import org.jspecify.annotations.Nullable;

/**
 * {@code MDL}: describes a buffer's memory. It is its allocator's: freeing an IRP does not free it.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/using-mdls">Using MDLs</a>
 */
public final class Mdl {
  private final Object buffer;
  private final long byteCount;
  private @Nullable Mdl next;
  private volatile @Nullable String freedBy;

  /** Describes this much of a buffer, and cannot fail as {@link IoManager#allocateMdl} can. */
  public Mdl(Object buffer, long byteCount) {
    this.buffer = requireNonNull(buffer, "buffer");
    if (byteCount < 0) {
      throw new IllegalArgumentException("an MDL describes 0 or more bytes, not " + byteCount);
    }
    this.byteCount = byteCount;
  }

  /** {@code MmGetSystemAddressForMdlSafe}: the buffer. */
  public Object buffer() {
    checkNotFreed("MmGetSystemAddressForMdlSafe");
    return buffer;
  }

  /** {@code MmGetMdlByteCount}. */
  public long byteCount() {
    return byteCount;
  }

  /** {@code Mdl->Next}: the one that describes the next of an IRP's buffers; null for the last. */
  public @Nullable Mdl next() {
    return next;
  }

  /** Puts another one at the end of the chain that this one begins. */
  void append(Mdl last) {
    Mdl end = this;
    for (Mdl further = next; further != null; further = further.next) {
      end = further;
    }
    end.next = last;
  }

  /** {@code IoFreeMdl}. IRQL: at most DISPATCH_LEVEL. */
  public void free() {
    checkNotFreed("IoFreeMdl");
    Activity self = Activity.currentOrNull();
    freedBy = self == null ? "JVM thread '" + Thread.currentThread().getName() + "'" : self.toString();
  }

  private void checkNotFreed(String routine) {
    String by = freedBy;
    if (by != null) {
      throw new IllegalStateException(routine + "(" + this + "): " + by + " has freed it");
    }
  }

  /** Whether it was freed; for assertions. */
  public boolean isFreed() {
    return freedBy != null;
  }

  @Override
  public String toString() {
    String described = buffer.getClass().isArray() ? buffer.getClass().getSimpleName() : buffer.toString();
    return "MDL of " + byteCount + " bytes of " + described;
  }
}
