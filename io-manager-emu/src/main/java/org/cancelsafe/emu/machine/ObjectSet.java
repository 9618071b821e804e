package org.cancelsafe.emu.machine;

import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import java.util.List;

/** Several objects that one step is about. */
public final class ObjectSet extends MachineObject {
  private final ImmutableList<MachineObject> parts;

  /** These objects. */
  public ObjectSet(List<? extends MachineObject> parts) {
    super(parts.stream().map(MachineObject::toString).collect(joining(", ")));
    this.parts = ImmutableList.copyOf(parts);
  }

  /** The objects. */
  public ImmutableList<MachineObject> parts() {
    return parts;
  }
}
