package org.cancelsafe.hunter.explore;

import org.cancelsafe.emu.machine.MachineObject;
import org.jspecify.annotations.Nullable;

/**
 * Who uses what others give up. That an IRP is still alive is looked at without a step, so that a search need not see
 * the schedule in which it is not, when the step before does not depend on those of who completes it. But of such a
 * schedule it sees an equivalent one, in which the use comes in time, and nothing orders the two.
 *
 * <p>A use comes after the step before it, though no run shows anybody in between. So who comes after that step need
 * not come after the use: a worker that finds the cancel routine gone, and completes, does not wait for the cancel
 * routine to read CancelIrql.
 */
final class Uses {
  private final Tasks tasks;
  private final @Nullable RunObserver observer;
  private @Nullable UnorderedUse unordered;

  Uses(Tasks tasks, @Nullable RunObserver observer) {
    this.tasks = tasks;
    this.observer = observer;
  }

  void used(MachineObject object, Task user) {
    Shadow shadow = Shadow.of(object, tasks);
    VectorClock uses = shadow.reads;
    if (uses == null) {
      uses = new VectorClock();
      shadow.reads = uses;
    }
    uses.set(user.index, user.clock.get(user.index));
    if (observer != null) {
      shadow.setSiteOfRead(user.index, observer.site());
    }
  }

  void givenUp(MachineObject object, Task by) {
    Shadow shadow = Shadow.of(object, tasks);
    int user = shadow.reads == null ? -1 : shadow.reads.firstBeyond(by.clock);
    if (user >= 0 && unordered == null) {
      unordered =
          new UnorderedUse(
              tasks.get(user).activity.name() + " uses " + object + ", and nothing keeps " + by.activity.name()
                  + " from completing or freeing it before",
              object,
              shadow.siteOfRead(user),
              observer == null ? null : observer.site());
    }
    if (shadow.reads != null) {
      shadow.reads.clear();
    }
  }

  /** The first use that nothing orders with the end of what was used, or null. */
  @Nullable UnorderedUse unordered() {
    return unordered;
  }
}
