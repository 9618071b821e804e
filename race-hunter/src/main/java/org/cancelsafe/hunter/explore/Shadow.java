package org.cancelsafe.hunter.explore;

import java.util.Arrays;
import org.cancelsafe.emu.machine.Facet;
import org.cancelsafe.emu.machine.MachineObject;
import org.jspecify.annotations.Nullable;

/** What a run knows about one object: what its parts have published, and who touched it as plain memory. */
final class Shadow {
  private static final int FACETS = Facet.values().length;

  private final Tasks run;
  final @Nullable VectorClock[] published = new VectorClock[FACETS];

  /** The object's number in the run, from 1; 0 while no step was about it. */
  int number;

  int writer = -1;
  int writeTime;
  @Nullable String writeSite;
  @Nullable VectorClock reads;

  /** Where each activity read it last, in a recorded run. */
  private @Nullable String[] readSites = {};

  private Shadow(Tasks run) {
    this.run = run;
  }

  /**
   * What is kept about this object in a run.
   *
   * @param run the activities of the run
   * @throws Nondeterminism when the object was used in an earlier one: what it was left with then is not undone
   */
  static Shadow of(MachineObject object, Tasks run) {
    if (object.shadow() instanceof Shadow shadow) {
      if (shadow.run != run) {
        throw Nondeterminism.kept(object);
      }
      return shadow;
    }
    Shadow shadow = new Shadow(run);
    object.setShadow(shadow);
    return shadow;
  }

  void setSiteOfRead(int reader, @Nullable String site) {
    if (reader >= readSites.length) {
      readSites = Arrays.copyOf(readSites, reader + 1);
    }
    readSites[reader] = site;
  }

  @Nullable String siteOfRead(int reader) {
    return reader < readSites.length ? readSites[reader] : null;
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
