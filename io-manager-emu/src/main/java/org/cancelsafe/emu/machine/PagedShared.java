package org.cancelsafe.emu.machine;

import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/** A variable in pageable memory. */
final class PagedShared<T extends @Nullable Object> extends Shared<T> {
  private static final int READ = 0;
  private static final int WRITE = 1;

  PagedShared(String name, T value) {
    super(name, value);
  }

  @Override
  public T get() {
    touch(READ);
    return super.get();
  }

  @Override
  public void set(T value) {
    touch(WRITE);
    super.set(value);
  }

  private void touch(int how) {
    Activity self = Activity.currentOrNull();
    if (self != null && self.irql().ownsProcessor()) {
      throw Rule.PAGED_MEMORY.violated(
          self.machine(),
          (how == READ ? "read" : "write") + " of paged " + this + " at " + self.irql(),
          this,
          self.irql().level(),
          how);
    }
  }
}
