package org.cancelsafe.emu.ke;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.ObjectSet;
import org.cancelsafe.emu.machine.StepKind;
import org.jspecify.annotations.Nullable;

/**
 * {@code KWAIT_BLOCK}s: one wait of one thread.
 *
 * <p>Whoever signals an object hands it over: under the dispatcher lock it takes, in the order they came, the waiters
 * that the object lets go on, and changes the object for each. So an event that lets one waiter through is not signaled
 * afterwards, however long that waiter takes to wake up, and two signals let two waiters through. To begin to wait is a
 * step of its own: a signal that comes before finds nobody waiting.
 */
final class WaitBlock extends Gate {
  /** The dispatcher database lock: states of dispatcher objects and their waiters change under it. */
  static final Object DISPATCHER_LOCK = new Object();

  private final Activity thread;
  private final ImmutableList<DispatcherObject> objects;
  private final WaitType type;
  private final MachineObject subject;
  private final boolean alertable;
  private final boolean user;
  private volatile @Nullable KStatus ended;

  WaitBlock(
      Activity thread,
      List<? extends DispatcherObject> objects,
      WaitType type,
      KProcessorMode mode,
      boolean alertable) {
    super(null);
    this.thread = thread;
    this.objects = ImmutableList.copyOf(objects);
    this.type = type;
    this.alertable = alertable;
    this.user = mode == KProcessorMode.USER_MODE;
    this.subject = subject(thread);
  }

  /** What ends the wait: the objects and, where that may be an alert, the thread. */
  private MachineObject subject(Activity waiter) {
    List<MachineObject> all = new ArrayList<>(objects);
    if (alertable || user) {
      all.add(KThread.of(waiter));
    }
    return all.size() == 1 ? all.get(0) : new ObjectSet(all);
  }

  /** Waits; the IRQL has been checked. */
  KStatus await(long timeoutNanos) {
    boolean several = subject instanceof ObjectSet;
    if (timeoutNanos == 0) {
      thread.machine().preemptionPoint(thread);
    }
    thread.machine().step(several ? StepKind.WAIT_MULTIPLE : StepKind.WAIT, subject);
    KStatus status = begin(timeoutNanos == 0);
    if (status == null) {
      StepKind resume = several ? StepKind.RESUME_WAIT_MULTIPLE : StepKind.RESUME_WAIT;
      thread.machine().block(thread, resume, this, timeoutNanos);
      status = end();
    }
    return status;
  }

  private @Nullable KStatus begin(boolean testOnly) {
    synchronized (DISPATCHER_LOCK) {
      if (!satisfy()) {
        KThread own = KThread.existing(thread);
        if (own != null && own.takeAlert(this)) {
          return ended;
        }
        if (testOnly) {
          return KStatus.STATUS_TIMEOUT;
        }
        objects.forEach(object -> object.waiters().add(this));
        if (own != null) {
          own.setWaiting(this);
        }
      }
      return ended;
    }
  }

  private KStatus end() {
    synchronized (DISPATCHER_LOCK) {
      KStatus status = ended;
      if (status == null) {
        status = KStatus.STATUS_TIMEOUT;
        end(status);
      }
      return status;
    }
  }

  /** Under the lock: ends the wait if its objects let it; changes them then. */
  boolean satisfy() {
    int first = firstSignaled();
    if (first < 0) {
      return false;
    }
    boolean abandoned = false;
    if (type == WaitType.WAIT_ANY) {
      abandoned = objects.get(first).acquire(thread);
      end(abandoned ? KStatus.abandonedWait(first) : KStatus.wait(first));
    } else {
      for (DispatcherObject object : objects) {
        abandoned |= object.acquire(thread);
      }
      end(abandoned ? KStatus.STATUS_ABANDONED : KStatus.STATUS_SUCCESS);
    }
    return true;
  }

  /** The object that ends the wait; of all of them, the first; -1 when it goes on. */
  private int firstSignaled() {
    for (int i = 0; i < objects.size(); i++) {
      if (objects.get(i).isSignaledFor(thread) == (type == WaitType.WAIT_ANY)) {
        return type == WaitType.WAIT_ANY ? i : -1;
      }
    }
    return type == WaitType.WAIT_ANY ? -1 : 0;
  }

  /** Under the lock: the wait is over. */
  void end(KStatus status) {
    ended = status;
    objects.forEach(object -> object.waiters().remove(this));
    KThread own = KThread.existing(thread);
    if (own != null) {
      own.setWaiting(null);
    }
  }

  boolean isAlertable() {
    return alertable;
  }

  boolean isUser() {
    return user;
  }

  @Override
  public boolean passable(Activity activity) {
    return ended != null;
  }

  @Override
  public boolean tryPass(Activity activity) {
    return ended != null;
  }

  @Override
  public MachineObject subject() {
    return subject;
  }

  @Override
  public @Nullable Activity owner() {
    return objects.size() == 1 ? objects.get(0).owner() : null;
  }

  @Override
  public String toString() {
    return objects.size() == 1 ? objects.get(0).toString() : subject.toString();
  }
}
