package org.cancelsafe.emu.machine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Real threads. A thread has a processor of the machine while it runs, and gives it up when it waits or, below
 * DISPATCH_LEVEL, when others want it; DPCs run on whatever thread has their processor as soon as its IRQL drops, and
 * on a thread of their own when the processor is idle. All of that is the slow path, under one lock: somebody who only
 * takes and gives back free spin locks never comes here.
 */
final class LiveScheduler implements Scheduler {
  private static final int TRIES_BEFORE_PARKING = 2_000;
  private static final long QUANTUM_NANOS = 200_000;
  private static final ScheduledExecutorService CLOCK = clock();

  private final Machine machine;
  private final @Nullable Noise noise;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Activity> ready = new ArrayDeque<>();
  private final Map<Activity, Wait> parked = new LinkedHashMap<>();
  private final Map<Processor, Deque<QueuedDpc>> dpcs = new HashMap<>();
  private volatile int parkedCount;
  private int unfinished;
  private final Map<Activity, Gate> timersSet = new HashMap<>();

  LiveScheduler(Machine machine, @Nullable Noise noise) {
    this.machine = machine;
    this.noise = noise;
    machine.processors().forEach(processor -> dpcs.put(processor, new ArrayDeque<>()));
  }

  private record Wait(Gate gate, boolean timed) {}

  private record QueuedDpc(Activity activity, Gate gate) {}

  private static ScheduledExecutorService clock() {
    ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1, body -> new Carrier("machine-clock", body));
    clock.setRemoveOnCancelPolicy(true);
    return clock;
  }

  @Override
  public void start(Activity thread) {
    launch(() -> runThread(thread));
  }

  private void launch(Runnable body) {
    lock.lock();
    try {
      unfinished++;
    } finally {
      lock.unlock();
    }
    Carriers.execute(
        () -> {
          try {
            body.run();
          } finally {
            finished();
          }
        });
  }

  private void finished() {
    lock.lock();
    try {
      unfinished--;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void runOnCallingThread(Activity activity) {
    lock.lock();
    try {
      unfinished++;
    } finally {
      lock.unlock();
    }
    try {
      runThread(activity);
    } finally {
      finished();
    }
  }

  private void runThread(Activity thread) {
    Activity previous = Activity.attach(thread);
    try {
      takeProcessor(thread);
      thread.runBody();
    } catch (MachineStopped e) {
      // the reason is the machine's failure
    } catch (Throwable e) {
      machine.fail(e);
    } finally {
      giveProcessor(thread);
      Activity.attach(previous);
      machine.ended(thread);
    }
  }

  @Override
  public void stop() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean awaitRest(Duration limit) {
    long left = limit.toNanos();
    lock.lock();
    try {
      while (!machine.isStopped() && !atRest()) {
        if (left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      while (machine.isStopped() && unfinished > timersSet.size() && left > 0) {
        left = changed.awaitNanos(left);
      }
      if (!machine.isStopped()) {
        reportWaiters();
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private boolean atRest() {
    // a timer that was called off takes until its time to notice, and is not waited for
    return timersSet.entrySet().stream().noneMatch(timer -> timer.getValue().passable(timer.getKey()))
        && unfinished == parked.size() + timersSet.size()
        && parked.entrySet().stream()
            .noneMatch(wait -> wait.getValue().timed() || wait.getValue().gate().passable(wait.getKey()));
  }

  private void reportWaiters() {
    Map<Activity, Gate> waiting = new LinkedHashMap<>();
    parked.forEach((activity, wait) -> waiting.put(activity, wait.gate()));
    machine.setWaiting(waiting);
  }

  // processors

  private void takeProcessor(Activity self) {
    lock.lock();
    try {
      for (Processor processor : machine.processors()) {
        if (processor.occupant() == null) {
          assign(processor, self);
          return;
        }
      }
      ready.add(self);
      machine.processors().forEach(processor -> processor.setAttention(true));
      while (self.processor() == null) {
        if (machine.isStopped()) {
          ready.remove(self);
          throw new MachineStopped();
        }
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  private void assign(Processor processor, Activity activity) {
    processor.setOccupant(activity);
    activity.setProcessor(processor);
  }

  private void giveProcessor(Activity self) {
    lock.lock();
    try {
      Processor processor = self.processor();
      if (processor == null) {
        return;
      }
      self.setProcessor(null);
      processor.setOccupant(null);
      Activity next = ready.poll();
      if (next != null) {
        assign(processor, next);
        changed.signalAll();
      } else if (!dpcQueue(processor).isEmpty()) {
        Activity idle = machine.newActivity(ActivityKind.THREAD, "idle " + processor, () -> {});
        assign(processor, idle);
        launch(() -> runIdle(idle));
      }
      setAttention(processor);
    } finally {
      lock.unlock();
    }
  }

  private void setAttention(Processor processor) {
    processor.setAttention(!ready.isEmpty() || !dpcQueue(processor).isEmpty());
  }

  private Deque<QueuedDpc> dpcQueue(Processor processor) {
    return dpcs.getOrDefault(processor, new ArrayDeque<>());
  }

  private void runIdle(Activity idle) {
    Activity previous = Activity.attach(idle);
    try {
      drainDpcs(idle);
    } finally {
      giveProcessor(idle);
      Activity.attach(previous);
      machine.ended(idle);
    }
  }

  @Override
  public void lowered(Activity self) {
    Processor processor = self.processor();
    if (processor == null || !processor.attention()) {
      return;
    }
    drainDpcs(self);
    if (self.kind() == ActivityKind.THREAD && quantumIsOver(self)) {
      giveProcessor(self);
      takeProcessor(self);
    }
  }

  private boolean quantumIsOver(Activity self) {
    long now = System.nanoTime();
    if (self.shadow() instanceof Long since && now - since < QUANTUM_NANOS) {
      return false;
    }
    self.setShadow(now);
    return !ready.isEmpty();
  }

  // DPCs

  @Override
  public void queueDpc(Activity dpc, Gate gate, @Nullable Processor target, boolean head) {
    Activity self = Activity.currentOrNull();
    Processor processor;
    lock.lock();
    try {
      processor = target != null ? target : idleOrFirst();
      unfinished++;
      QueuedDpc queued = new QueuedDpc(dpc, gate);
      if (head) {
        dpcQueue(processor).addFirst(queued);
      } else {
        dpcQueue(processor).addLast(queued);
      }
      processor.setAttention(true);
      if (processor.occupant() == null) {
        Activity idle = machine.newActivity(ActivityKind.THREAD, "idle " + processor, () -> {});
        assign(processor, idle);
        launch(() -> runIdle(idle));
      }
    } finally {
      lock.unlock();
    }
    if (self != null && self.processor() == processor && !self.irql().ownsProcessor()) {
      drainDpcs(self);
    }
  }

  private Processor idleOrFirst() {
    for (Processor processor : machine.processors()) {
      if (processor.occupant() == null) {
        return processor;
      }
    }
    return machine.processors().get(0);
  }

  private void drainDpcs(Activity interrupted) {
    Processor processor = interrupted.processor();
    while (processor != null) {
      QueuedDpc next;
      lock.lock();
      try {
        next = dpcQueue(processor).poll();
        setAttention(processor);
      } finally {
        lock.unlock();
      }
      if (next == null) {
        return;
      }
      runInterrupting(next.activity(), next.gate(), processor);
    }
  }

  private void runInterrupting(Activity activity, Gate gate, @Nullable Processor processor) {
    Activity previous = Activity.attach(activity);
    activity.setProcessor(processor);
    try {
      if (gate.tryPass(activity)) {
        activity.runBody();
      }
    } catch (MachineStopped e) {
      // the reason is the machine's failure
    } catch (Throwable e) {
      machine.fail(e);
    } finally {
      Activity.attach(previous);
      machine.ended(activity);
      finished();
    }
  }

  @Override
  public void startAfter(Activity hardware, StepKind kind, Gate gate, long nanos) {
    lock.lock();
    try {
      timersSet.put(hardware, gate);
      unfinished++;
    } finally {
      lock.unlock();
    }
    CLOCK.schedule(
        () -> {
          lock.lock();
          try {
            timersSet.remove(hardware);
          } finally {
            lock.unlock();
          }
          if (machine.isStopped()) {
            finished();
          } else {
            runInterrupting(hardware, gate, null);
          }
        },
        nanos,
        TimeUnit.NANOSECONDS);
  }

  // steps

  @Override
  public void step(Activity self, StepKind kind, MachineObject target, @Nullable Object operand) {
    disturb(self);
  }

  private void disturb(Activity self) {
    if (machine.isStopped()) {
      if (self.spinLocksHeld() == 0) {
        throw new MachineStopped();
      }
      return;
    }
    if (noise != null && !machine.isBooting()) {
      noise.at(self, machine);
    }
  }

  @Override
  public void spin(Activity self, StepKind kind, Gate gate) {
    disturb(self);
    SpinWait wait = new SpinWait(self, gate);
    while (!gate.tryPass(self)) {
      if (machine.isStopped()) {
        throw new MachineStopped();
      }
      wait.pause();
    }
    wait.over();
  }

  @Override
  public boolean block(Activity self, StepKind kind, Gate gate, long timeoutNanos) {
    disturb(self);
    long deadline = System.nanoTime() + timeoutNanos;
    for (int tries = 0; tries < TRIES_BEFORE_PARKING; tries++) {
      if (gate.tryPass(self)) {
        return true;
      }
      if (machine.isStopped()) {
        throw new MachineStopped();
      }
      if (timeoutNanos == 0 || !ready.isEmpty()) {
        break;
      }
      Thread.onSpinWait();
    }
    return timeoutNanos != 0 && park(self, gate, timeoutNanos > 0, deadline);
  }

  private boolean park(Activity self, Gate gate, boolean timed, long deadline) {
    giveProcessor(self);
    boolean passed = parkOutsideProcessor(self, gate, timed, deadline);
    takeProcessor(self);
    return passed;
  }

  private boolean parkOutsideProcessor(Activity self, Gate gate, boolean timed, long deadline) {
    lock.lock();
    try {
      parked.put(self, new Wait(gate, timed));
      parkedCount = parked.size();
      changed.signalAll();
      while (true) {
        if (machine.isStopped()) {
          throw new MachineStopped();
        }
        if (gate.tryPass(self)) {
          return true;
        }
        long left = deadline - System.nanoTime();
        if (timed && left <= 0) {
          return false;
        }
        awaitChange(timed, left);
      }
    } finally {
      parked.remove(self);
      parkedCount = parked.size();
      lock.unlock();
    }
  }

  private void awaitChange(boolean timed, long nanos) {
    if (!timed) {
      changed.awaitUninterruptibly();
      return;
    }
    try {
      changed.awaitNanos(nanos);
    } catch (InterruptedException e) {
      machine.close();
    }
  }

  @Override
  public void delay(Activity self, long nanos) {
    disturb(self);
    giveProcessor(self);
    LockSupport.parkNanos(nanos);
    if (machine.isStopped()) {
      throw new MachineStopped();
    }
    takeProcessor(self);
  }

  @Override
  public void opened(Gate gate) {
    if (parkedCount > 0) {
      lock.lock();
      try {
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  @Override
  public void access(Activity self, Cell cell, boolean write) {}

  @Override
  public void note(Activity self, StepKind kind, MachineObject target, @Nullable Object operand) {}

  @Override
  public void outcome(Activity self, @Nullable Object value) {}
}
