package org.cancelsafe.hunter.explore;

import org.cancelsafe.emu.machine.Facet;
import org.cancelsafe.emu.machine.MachineObject;
import org.jspecify.annotations.Nullable;

/** What a run knows about one object: what its parts have published, and who touched it as plain memory. */
final class Shadow {
  private static final int FACETS = Facet.values().length;

  final @Nullable VectorClock[] published = new VectorClock[FACETS];

  /** The object's number in the run, from 1; 0 while no step was about it. */
  int number;

  /** Whether somebody has waited for this and others at once: what is done to one of them then decides on the others. */
  boolean waitedForWithOthers;

  int writer = -1;
  int writeTime;
  @Nullable String writeSite;
  @Nullable VectorClock reads;
  @Nullable String readSite;

  static Shadow of(MachineObject object) {
    if (object.shadow() instanceof Shadow shadow) {
      return shadow;
    }
    Shadow shadow = new Shadow();
    object.setShadow(shadow);
    return shadow;
  }

  /** What a step on this part may observe: what was published on the part itself and on those it overlaps. */
  void observe(Facet facet, VectorClock clock) {
    for (Facet other : FACET_VALUES) {
      VectorClock seen = published[other.ordinal()];
      if (seen != null && facet.overlaps(other)) {
        clock.join(seen);
      }
    }
  }

  void publish(Facet facet, VectorClock clock) {
    VectorClock there = published[facet.ordinal()];
    if (there == null) {
      there = new VectorClock();
      published[facet.ordinal()] = there;
    }
    there.join(clock);
  }

  private static final Facet[] FACET_VALUES = Facet.values();
}
