package org.cancelsafe.emu.machine;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableList;
import java.util.List;

/** Several objects that one step is about. */
public final class ObjectSet extends MachineObject {
  private final ImmutableList<MachineObject> parts;

  /** These objects. */
  public ObjectSet(List<? extends MachineObject> parts) {
    super(Joiner.on(", ").join(parts));
    this.parts = ImmutableList.copyOf(parts);
  }

  /** The objects. */
  public ImmutableList<MachineObject> parts() {
    return parts;
  }
}
