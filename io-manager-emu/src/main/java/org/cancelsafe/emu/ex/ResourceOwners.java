package org.cancelsafe.emu.ex;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.MachineObject;
import org.jspecify.annotations.Nullable;

/** Who has a resource, how often and how, and who waits for it. */
final class ResourceOwners {
  private final MachineObject resource;
  private final Map<Activity, Integer> owners = new LinkedHashMap<>();
  private final Deque<Waiter> waitShared = new ArrayDeque<>();
  private final Deque<Waiter> waitExclusive = new ArrayDeque<>();
  private boolean exclusive;

  ResourceOwners(MachineObject resource) {
    this.resource = resource;
  }

  /** How somebody asks for it. */
  enum Access {
    EXCLUSIVE("ExAcquireResourceExclusiveLite"),
    SHARED("ExAcquireResourceSharedLite"),
    STARVING_EXCLUSIVE("ExAcquireSharedStarveExclusive"),
    WAITING_FOR_EXCLUSIVE("ExAcquireSharedWaitForExclusive");

    private final String routine;

    Access(String routine) {
      this.routine = routine;
    }

    String routine() {
      return routine;
    }
  }

  /** One thread that waits; passable once the resource was handed to it. */
  final class Waiter extends Gate {
    private final Activity thread;
    private volatile boolean granted;

    Waiter(Activity thread) {
      super(resource.name());
      this.thread = thread;
    }

    @Override
    public boolean passable(Activity activity) {
      return granted;
    }

    @Override
    public boolean tryPass(Activity activity) {
      return granted;
    }

    @Override
    public MachineObject subject() {
      return resource;
    }

    @Override
    public @Nullable Activity owner() {
      return ownerThatKeepsOut(thread);
    }
  }

  private synchronized @Nullable Activity ownerThatKeepsOut(Activity thread) {
    return owners.containsKey(thread) ? thread : anyOwner();
  }

  /** One of those who have it; null when nobody does. */
  synchronized @Nullable Activity anyOwner() {
    return owners.keySet().stream().findFirst().orElse(null);
  }

  synchronized boolean isExclusive() {
    return exclusive && !owners.isEmpty();
  }

  /** How often this thread has it. */
  synchronized int times(Activity thread) {
    return owners.getOrDefault(thread, 0);
  }

  synchronized int waitingShared() {
    return waitShared.size();
  }

  synchronized int waitingExclusive() {
    return waitExclusive.size();
  }

  /** Takes it, if that is possible now. */
  synchronized boolean tryToTake(Activity self, Access access) {
    boolean admitted = admits(self, access);
    if (admitted) {
      take(self, access == Access.EXCLUSIVE);
    }
    return admitted;
  }

  /** Takes it, or has its thread wait; null when it was taken. */
  synchronized @Nullable Waiter takeOrWait(Activity self, Access access) {
    if (tryToTake(self, access)) {
      return null;
    }
    Waiter waiter = new Waiter(self);
    (access == Access.EXCLUSIVE ? waitExclusive : waitShared).add(waiter);
    return waiter;
  }

  private boolean admits(Activity self, Access access) {
    if (owners.isEmpty()) {
      return true;
    }
    if (exclusive) {
      return owners.containsKey(self);
    }
    return switch (access) {
      case EXCLUSIVE -> false;
      case SHARED -> waitExclusive.isEmpty() || owners.containsKey(self);
      case STARVING_EXCLUSIVE -> true;
      case WAITING_FOR_EXCLUSIVE -> waitExclusive.isEmpty();
    };
  }

  private void take(Activity thread, boolean alone) {
    if (owners.isEmpty()) {
      exclusive = alone;
    }
    owners.merge(thread, 1, Integer::sum);
  }

  /** This thread gives it back once; returns who has it now instead, null when the thread does not have it. */
  synchronized @Nullable List<Waiter> giveBack(Activity thread) {
    Integer times = owners.get(thread);
    if (times == null) {
      return null;
    }
    if (times > 1) {
      owners.put(thread, times - 1);
    } else {
      owners.remove(thread);
    }
    return owners.isEmpty() ? handOver() : List.of();
  }

  private List<Waiter> handOver() {
    if (waitExclusive.isEmpty() || exclusive && !waitShared.isEmpty()) {
      exclusive = false;
      return admitShared();
    }
    Waiter next = waitExclusive.remove();
    grant(next, true);
    return List.of(next);
  }

  /** Its exclusive owner shares it; returns who has it now too, null when the thread is not that owner. */
  synchronized @Nullable List<Waiter> share(Activity thread) {
    if (!exclusive || !owners.containsKey(thread)) {
      return null;
    }
    exclusive = false;
    return admitShared();
  }

  private List<Waiter> admitShared() {
    List<Waiter> all = new ArrayList<>(waitShared);
    waitShared.clear();
    all.forEach(waiter -> grant(waiter, false));
    return all;
  }

  private void grant(Waiter waiter, boolean alone) {
    take(waiter.thread, alone);
    waiter.granted = true;
  }

  synchronized String snapshot() {
    String how = owners.isEmpty() ? "-" : exclusive ? "exclusive" : owners.size() + " shared";
    int waiting = waitShared.size() + waitExclusive.size();
    return waiting == 0 ? how : how + "+" + waiting;
  }
}
