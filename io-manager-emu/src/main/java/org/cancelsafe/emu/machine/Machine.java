package org.cancelsafe.emu.machine;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Throwables;
import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Circumstances;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.emu.verifier.StopsOnBugCheck;
import org.cancelsafe.emu.verifier.Verifier;
import org.jspecify.annotations.Nullable;

/**
 * The computer. Model code runs on it unchanged whether it is <em>live</em>, every thread a JVM thread, or
 * <em>explored</em>, one activity at a time under a scheduler that decides who takes the next step.
 *
 * <pre>{@code
 * try (Machine machine = Machine.live().processors(2).build()) {
 *   machine.run(() -> {
 *     IoManager io = IoManager.of(machine);
 *     ...
 *   });
 * }
 * }</pre>
 */
public final class Machine extends SteppedMachine implements StopsOnBugCheck, AutoCloseable {
  /** How many processors a machine has unless somebody says otherwise. */
  public static final int DEFAULT_PROCESSORS = 4;

  private static final Throwable SWITCHED_OFF = new MachineStopped();

  private final Verifier verifier;
  private final DpcWatchdog dpcWatchdog;
  private final Map<Class<?>, Object> components = new HashMap<>();
  private final EndOfRun end = new EndOfRun(this);
  private final LockOrder lockOrder = new LockOrder(this);
  private final List<Activity> heldUntilBooted = new ArrayList<>();
  private final List<Consumer<Activity>> threadExits = new CopyOnWriteArrayList<>();
  private final AtomicInteger activities = new AtomicInteger();
  private final Map<Integer, Activity> alive = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean stopped;
  private @Nullable LowResources lowResources;
  private @Nullable ForcePending forcePending;
  private boolean booting;

  Machine(
      Function<Machine, Scheduler> scheduler,
      boolean controlled,
      boolean virtualTime,
      int processors,
      Verifier verifier,
      DpcWatchdog dpcWatchdog) {
    super(scheduler, controlled, virtualTime, processors);
    this.verifier = verifier;
    this.dpcWatchdog = dpcWatchdog;
    if (verifier != Verifier.OFF) {
      Seam.open();
    }
  }

  /** A machine whose threads are JVM threads. */
  public static LiveMachineBuilder live() {
    return new LiveMachineBuilder();
  }

  /** A machine whose every step this scheduler decides, and whose plain memory it watches. For explorers. */
  public static Machine controlledBy(Scheduler scheduler, int processors, Verifier verifier) {
    return new Machine(machine -> scheduler, true, true, processors, verifier, DpcWatchdog.USUAL);
  }

  /** An activity that holds these locks has waited for another one, and has it. */
  void tookSpinLock(Activity self, List<MachineObject> held, MachineObject taken) {
    if (checks(Rule.LOCK_ORDER)) {
      lockOrder.taken(self, held, taken, scheduler() instanceof LiveScheduler);
    }
  }

  LockOrder lockOrder() {
    return lockOrder;
  }

  @Override
  public Verifier verifier() {
    return verifier;
  }

  DpcWatchdog dpcWatchdog() {
    return dpcWatchdog;
  }

  @Override
  public @Nullable Circumstances circumstances() {
    Activity self = Activity.currentOrNull();
    return self == null || self.machine() != this || booting ? null : self.circumstances();
  }

  /** Whether this machine holds its drivers to this rule. */
  public boolean checks(Rule rule) {
    return verifier.checks(rule);
  }

  void provoke(@Nullable LowResources lowResources, @Nullable ForcePending forcePending) {
    this.lowResources = lowResources;
    this.forcePending = forcePending;
  }

  /** Lets any one allocation of the scenario that is being set up fail: the scheduler decides which. For explorers. */
  public void letOneAllocationFail() {
    OneFailure failure = new OneFailure();
    lowResources = failure;
    failure.offer(this);
  }

  /** Whether an allocation that a driver asks for now is to fail. */
  public boolean allocationFails() {
    LowResources low = lowResources;
    if (low == null) {
      return false;
    }
    step(StepKind.ALLOCATE, low);
    boolean fails = low.nextFails();
    outcome(fails ? "fails" : "succeeds");
    return fails;
  }

  /** Lets any calls of IoCallDriver in the scenario that is being set up pend: the scheduler decides which. */
  public void letCallsPend() {
    AnyCallPends any = new AnyCallPends();
    forcePending = any;
    any.offer(this);
  }

  /** Whether a call of IoCallDriver that a driver makes now is to pend, whatever the driver below does. */
  public boolean callPends() {
    ForcePending force = forcePending;
    if (force == null) {
      return false;
    }
    step(StepKind.SEND, force);
    boolean pends = force.nextPends(this);
    outcome(pends ? "pends" : "as the driver below will");
    return pends;
  }

  /** Whether this machine makes the checks of Driver Verifier. */
  public boolean verifies() {
    return Seam.isOpen() && verifier != Verifier.OFF;
  }

  /**
   * The one component of this class that the machine has, made on first use.
   *
   * @param <T> the component's class
   */
  public synchronized <T> T component(Class<T> type, Function<Machine, T> maker) {
    T component = type.cast(components.get(type));
    if (component == null) {
      component = maker.apply(this);
      components.put(type, component);
    }
    return component;
  }

  /**
   * Starts a thread at PASSIVE_LEVEL. While a scenario's model is set up, it waits until the setup is done.
   *
   * @return the thread, for {@link Activity#background()} and for traces
   */
  public Activity startThread(String name, Runnable body) {
    requireNonNull(body, "body");
    return start(newActivity(ActivityKind.THREAD, name, body));
  }

  /** Starts an activity that was made for this; while a scenario's model is set up, it waits until that is done. */
  public Activity start(Activity thread) {
    if (booting) {
      heldUntilBooted.add(thread);
    } else {
      scheduler().start(thread);
    }
    return thread;
  }

  /** Whether the set-up has made threads or hardware so far, which begin when it is done. */
  public boolean hasHeldActivities() {
    return !heldUntilBooted.isEmpty();
  }

  /**
   * A piece of hardware that acts on its own, such as a device: it needs no processor and is masked by no IRQL. On an
   * explored machine its steps come at any time. It begins when a scenario's model has been set up.
   */
  public Activity startHardware(String name, Runnable body) {
    requireNonNull(body, "body");
    Activity hardware = newActivity(ActivityKind.HARDWARE, name, body);
    hardware.raise(Irql.HIGH_LEVEL);
    return start(hardware);
  }

  /** Has this checked when everything has come to rest: the assertions of a scenario. */
  public void afterwards(Runnable check) {
    end.afterwards(check);
  }

  /**
   * Has this done, by a thread of its own, when everything has come to rest, and before that is judged: what comes from
   * outside when nothing else happens any more. What is asked for first is done first, and all rests again in between.
   */
  public void atRest(String name, Runnable body) {
    end.atRest(name, requireNonNull(body, "body"));
  }

  /** Registers what a component does when everything has come to rest. */
  public void addRundown(Rundown rundown) {
    end.addRundown(rundown);
  }

  /** Has this called by every thread that ends, with its activity, before it is judged. */
  public void atThreadExit(Consumer<Activity> hook) {
    threadExits.add(hook);
  }

  /** The exiting thread's: calls the hooks; called again, they find nothing left to do. */
  public void exiting(Activity thread) {
    for (Consumer<Activity> hook : threadExits) {
      hook.accept(thread);
    }
  }

  /** A new activity, not yet started. For primitives and schedulers. */
  public Activity newActivity(ActivityKind kind, String name, Runnable body) {
    Activity activity = new Activity(this, activities.incrementAndGet(), kind, name, body);
    alive.put(activity.id(), activity);
    return activity;
  }

  /** The activity with this number, or null when there is none or it has ended. */
  public @Nullable Activity activity(int id) {
    return alive.get(id);
  }

  /** The scheduler's: this activity has ended. */
  public void ended(Activity activity) {
    alive.remove(activity.id());
  }

  /**
   * Runs this on the calling thread as a thread of the machine, at PASSIVE_LEVEL.
   *
   * @throws BugCheck when the machine stops
   * @throws IllegalStateException on a machine that was switched off, and when the caller runs on this machine already
   */
  public void run(Runnable body) {
    LiveScheduler live = live("run");
    requireNonNull(body, "body");
    Activity caller = Activity.currentOrNull();
    if (caller != null && caller.machine() == this) {
      throw new IllegalStateException(caller + " runs on this machine already; start another thread with startThread");
    }
    rethrowFailure();
    if (stopped) {
      throw new IllegalStateException("the machine was switched off; run needs a new one");
    }
    live.runOnCallingThread(newActivity(ActivityKind.THREAD, Thread.currentThread().getName(), body));
    rethrowFailure();
  }

  /**
   * Makes the calling JVM thread, somebody else's, a thread of this live machine at PASSIVE_LEVEL until the attachment
   * is closed, for frameworks that bring their own threads. It waits for a processor; when the machine stops, what the
   * thread does next on it throws {@link MachineStopped}.
   *
   * @throws IllegalStateException when the calling thread runs on a machine already
   */
  public Attachment attachCurrentThread(String name) {
    LiveScheduler live = live("attachCurrentThread");
    Activity running = Activity.currentOrNull();
    if (running != null) {
      throw new IllegalStateException("this JVM thread runs " + running + " already");
    }
    rethrowFailure();
    return new Attachment(live, newActivity(ActivityKind.THREAD, name, () -> {}));
  }

  private LiveScheduler live(String routine) {
    if (scheduler() instanceof LiveScheduler live) {
      return live;
    }
    throw new IllegalStateException(routine + " is for live machines; an explored one runs scenarios");
  }

  /**
   * Sets a model up on the calling thread, then starts the threads that it made. The DPCs, interrupts and timers that it
   * has asked for come then too.
   */
  public void boot(Runnable model) {
    booting = true;
    Activity boot = newActivity(ActivityKind.THREAD, "boot", model);
    try {
      if (scheduler() instanceof LiveScheduler live) {
        live.boot(boot);
      } else {
        bootAlone(boot);
      }
    } finally {
      booting = false;
    }
    if (!stopped) {
      scheduler().startAll(heldUntilBooted);
    }
    heldUntilBooted.clear();
  }

  private void bootAlone(Activity boot) {
    boot.setProcessor(processors().get(0));
    Activity previous = Activity.attach(boot);
    try {
      boot.runBody();
    } catch (MachineStopped e) {
      // the reason is the failure
    } catch (Throwable e) {
      fail(e);
    } finally {
      Activity.attach(previous);
    }
  }

  /**
   * Waits until every thread of a live machine has ended or waits for what nobody will do; on one that has stopped,
   * until every thread has ended.
   *
   * @return false when that did not happen in time
   */
  public boolean awaitRest(Duration limit) {
    return ((LiveScheduler) scheduler()).awaitRest(limit);
  }

  /** Whether the machine is in its setup: steps are taken one after the other. */
  public boolean isBooting() {
    return booting;
  }

  /** How the machine is judged once it has come to rest. */
  public EndOfRun end() {
    return end;
  }

  /** Whether the machine has stopped. */
  public boolean isStopped() {
    return stopped;
  }

  /** Why the machine stopped: a {@link BugCheck}, or what an activity threw; null while nothing went wrong. */
  public @Nullable Throwable failure() {
    Throwable reason = failure.get();
    return reason == SWITCHED_OFF ? null : reason;
  }

  @Override
  public void stop(BugCheck bugCheck) {
    fail(bugCheck);
  }

  /** Stops the machine because of this, unless something else stopped it before. */
  public void fail(Throwable reason) {
    failure.compareAndSet(null, reason);
    stopped = true;
    becomeControlled(); // who only takes steps that are free comes to the scheduler too, and is unwound there
    scheduler().stop();
  }

  /** The scheduler's: an activity ended with this; that stops the machine. */
  public void threw(Activity activity, Throwable thrown) {
    fail(activity.diagnosed(thrown));
  }

  /** A JVM thread was interrupted while this activity waited on it. */
  void interrupted(Activity activity, Object awaited) {
    fail(
        new IllegalStateException(
            "JVM thread '" + Thread.currentThread().getName() + "' was interrupted while " + activity + " waited for "
                + awaited + "; that stops the machine"));
  }

  /** Switches the machine off: whatever still runs or waits on it comes to an end. */
  @Override
  public void close() {
    fail(SWITCHED_OFF);
  }

  private void rethrowFailure() {
    Throwable reason = failure();
    if (reason != null) {
      Throwables.throwIfUnchecked(reason);
      throw new IllegalStateException("the machine stopped with " + reason, reason);
    }
  }
}
