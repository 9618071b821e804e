package org.cancelsafe.emu.machine;

import org.jspecify.annotations.Nullable;

/**
 * A piece of plain memory that explored runs check for data races: list links, fields of an IRP, a driver's own
 * variables. A noisy live machine catches those that happen. On one without noise it costs a predictable branch.
 */
public abstract class Cell extends MachineObject {
  /** A cell with this name. */
  protected Cell(@Nullable String name) {
    super(name);
  }

  /** The running activity reads this cell. */
  protected final void reading() {
    if (Seam.isOpen()) {
      access(false);
    }
  }

  /** The running activity writes this cell. */
  protected final void writing() {
    if (Seam.isOpen()) {
      access(true);
    }
  }

  private void access(boolean write) {
    Activity self = Activity.currentOrNull();
    if (self != null) {
      self.machine().access(self, this, write);
    }
  }
}
