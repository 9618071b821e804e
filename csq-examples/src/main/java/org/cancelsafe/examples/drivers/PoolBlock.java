package org.cancelsafe.examples.drivers;

import org.cancelsafe.emu.machine.Shared;

/** Memory from a pool, as far as it matters here: whether it was freed. */
public final class PoolBlock {
  private final Shared<Boolean> allocated;
  private final String name;

  /** {@code ExAllocatePool2}: a block with this name. */
  public PoolBlock(String name) {
    this.name = name;
    this.allocated = new Shared<>(name, true);
  }

  /** Reads or writes the block. */
  public void use() {
    Expect.that(allocated.get(), name + " is used after it was freed");
  }

  /** {@code ExFreePool}. */
  public void free() {
    Expect.that(allocated.get(), name + " is freed twice");
    allocated.set(false);
  }

  /** For the end: whether it was leaked. */
  public void checkFreed() {
    Expect.that(!allocated.get(), name + " is never freed");
  }
}
