package org.cancelsafe.emu.machine;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.cancelsafe.emu.machine.LiveProcessors.QueuedDpc;
import org.cancelsafe.emu.machine.LiveProcessors.QueuedInterrupt;
import org.jspecify.annotations.Nullable;

/**
 * Real threads. A thread has a processor of the machine while it runs, and gives it up when it waits or, below
 * DISPATCH_LEVEL, when others want it; DPCs run on whatever thread has their processor as soon as its IRQL drops, and
 * on a thread of their own when the processor is idle. All of that is the slow path, under one lock, this object's:
 * somebody who only takes and gives back free spin locks never comes here. Interrupts are taken where a step is
 * announced, a lock spun for, or the IRQL lowered, on the JVM thread of whom they interrupt.
 *
 * <p>No wake-up is lost: who waits looks at its gate after it entered itself in {@link #parkedCount}, and who opens a
 * gate looks at that after it opened the gate. Once the machine has stopped, whoever waits, and whoever takes a step
 * without holding a spin lock, is unwound with {@link MachineStopped}; it may be without a processor from then on.
 */
class LiveScheduler implements Scheduler {
  private static final int TRIES_BEFORE_PARKING = 2_000;
  private static final long LONGEST_UNWINDING_NANOS = 100_000_000;

  private final Machine machine;
  private final LiveProcessors processors;
  private final LiveTimers timers;
  private final Map<Activity, Wait> parked = new LinkedHashMap<>();
  private final SetUpRequests setUp;
  private volatile int parkedCount;
  private volatile int unfinished;
  private int expiriesInVain;
  private volatile long stoppedSince;

  private record Wait(Gate gate, boolean timed) {}

  LiveScheduler(Machine machine) {
    this.machine = machine;
    this.processors = new LiveProcessors(machine.processors());
    this.timers = new LiveTimers(machine);
    this.setUp = new SetUpRequests(machine);
  }

  // threads

  @Override
  public void startAll(List<Activity> threads) {
    threads.forEach(this::start);
    setUp.heldWhenDone().forEach(this::begin);
  }

  /** What the set-up has asked for begins. */
  void begin(Runnable request) {
    request.run();
  }

  /** Has this done in a while, and is not at rest before. */
  final void later(Runnable body, long nanos) {
    begun();
    timers.later(() -> runAndFinish(body), nanos);
  }

  private void runAndFinish(Runnable body) {
    try {
      body.run();
    } finally {
      finished();
    }
  }

  @Override
  public void start(Activity thread) {
    launch(() -> runThread(thread));
    synchronized (this) {
      expiriesInVain = 0;
    }
  }

  private void launch(Runnable body) {
    begun();
    try {
      Carriers.execute(() -> runAndFinish(body));
    } catch (Throwable e) {
      finished();
      throw e;
    }
  }

  private synchronized void begun() {
    unfinished++;
  }

  private synchronized void finished() {
    unfinished--;
    notifyAll();
  }

  /** The calling JVM thread becomes this thread of the machine, until it leaves. */
  void enter(Activity thread) {
    begun();
    Activity.attach(thread);
    try {
      takeProcessor(thread);
    } catch (MachineStopped e) {
      leave(thread);
      throw e;
    }
  }

  void leave(Activity thread) {
    giveProcessor(thread);
    Activity.attach(null);
    machine.ended(thread);
    finished();
  }

  /** Sets the machine up on the calling thread. */
  void boot(Activity setUp) {
    this.setUp.by(setUp);
    runOnCallingThread(setUp);
  }

  void runOnCallingThread(Activity activity) {
    begun();
    runAndFinish(() -> runThread(activity));
  }

  /** A thread is about to begin. */
  void begins() {}

  private void runThread(Activity thread) {
    Activity previous = Activity.attach(thread);
    try {
      begins();
      takeProcessor(thread);
      thread.runBody();
    } catch (MachineStopped e) {
      // the reason is the machine's failure
    } catch (Throwable e) {
      machine.threw(thread, e);
    } finally {
      giveProcessor(thread);
      Activity.attach(previous);
      machine.ended(thread);
    }
  }

  @Override
  public synchronized void stop() {
    if (stoppedSince == 0) {
      stoppedSince = System.nanoTime() | 1; // 0 is not at all
    }
    timers.cancelAll();
    notifyAll();
  }

  synchronized boolean awaitRest(Duration limit) {
    Activity self = Activity.currentOrNull();
    if (self != null && self.machine() == machine) {
      throw new IllegalStateException(
          self + " awaits the rest of the machine it runs on, its own end included; call awaitRest after Machine.run");
    }
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      while (!isAtRest()) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    if (!machine.isStopped()) {
      reportWaiters();
    }
    return true;
  }

  private boolean isAtRest() {
    if (machine.isStopped()) {
      return unfinished == 0;
    }
    return (timers.isEmpty() || expiriesInVain >= mostExpiriesInVain())
        && unfinished == parked.size()
        && parked.entrySet().stream()
            .noneMatch(wait -> wait.getValue().timed() || wait.getValue().gate().passable(wait.getKey()));
  }

  /** How often timers have to expire while nobody else can go on, and let no thread go on, to count for nothing. */
  int mostExpiriesInVain() {
    return Integer.MAX_VALUE;
  }

  private void reportWaiters() {
    Map<Activity, Gate> waiting = new LinkedHashMap<>();
    parked.forEach((activity, wait) -> waiting.put(activity, wait.gate()));
    machine.end().setWaiting(waiting);
  }

  // processors

  private synchronized void takeProcessor(Activity self) {
    if (self.kind() != ActivityKind.HARDWARE) {
      processors.request(self);
    }
    while (self.kind() != ActivityKind.HARDWARE && self.processor() == null && !machine.isStopped()) {
      awaitChange(self, "a processor", false, 0);
    }
    if (machine.isStopped()) {
      processors.withdraw(self);
      throw new MachineStopped();
    }
  }

  private synchronized void giveProcessor(Activity self) {
    Processor processor = self.processor();
    if (processor == null) {
      return;
    }
    processors.vacate(processor, self);
    if (processors.isWaitedFor(processor)) {
      launchIdle(processor);
    } else if (processors.assignNext(processor)) {
      notifyAll();
    }
  }

  /** A processor that nobody has takes its interrupts and DPCs on a thread of its own. */
  private void launchIdle(Processor processor) {
    Activity idle = machine.newActivity(ActivityKind.THREAD, "idle " + processor, () -> {});
    processors.assign(processor, idle);
    processors.drain(processor);
    launch(() -> runIdle(idle, processor));
  }

  private void runIdle(Activity idle, Processor processor) {
    Activity previous = Activity.attach(idle);
    try {
      letIn(idle, processor);
    } finally {
      giveProcessor(idle);
      Activity.attach(previous);
      machine.ended(idle);
    }
  }

  @Override
  public void lowered(Activity self) {
    unwindIfStopped(self);
    Processor processor = self.processor();
    if (processor == null || !processor.attention()) {
      return;
    }
    letIn(self, processor);
    if (processors.shouldYield(processor)) {
      giveWay(self);
    }
  }

  /** Who can lose its processor does, if a thread wants one; returns, when it has one again, whether it did. */
  private boolean giveWay(Activity self) {
    if (processors.wanting() == 0 || self.irql().ownsProcessor() || self.kind() != ActivityKind.THREAD) {
      return false;
    }
    giveProcessor(self);
    takeProcessor(self);
    return true;
  }

  /** Lets everybody in whom this activity does not keep from its processor, a thread too; whether there was anybody. */
  final boolean letOthersIn(Activity self, Processor processor) {
    boolean interrupted = isToLetIn(self, processor);
    if (interrupted) {
      letIn(self, processor);
    }
    return giveWay(self) || interrupted;
  }

  private boolean isToLetIn(Activity self, Processor processor) {
    return processors.hasInterrupts(processor, self.irql())
        || !self.irql().ownsProcessor() && processors.isDraining(processor);
  }

  /** Runs what waits for this processor and is not masked by the IRQL of who has it: interrupts, then DPCs. */
  private void letIn(Activity self, Processor processor) {
    do {
      takeInterrupts(self, processor);
      if (!self.irql().ownsProcessor() && processors.isDraining(processor)) {
        drainDpcs(processor);
      }
    } while (processors.hasInterrupts(processor, self.irql()));
  }

  private void takeInterrupts(Activity self, Processor processor) {
    QueuedInterrupt next;
    while ((next = pollInterrupt(processor, self.irql())) != null) {
      next.isr().setProcessor(processor);
      runInterrupting(next.isr(), next.gate());
    }
  }

  private synchronized @Nullable QueuedInterrupt pollInterrupt(Processor processor, Irql irql) {
    return processors.pollInterrupt(processor, irql);
  }

  @Override
  public void interrupt(Supplier<Activity> isr, Gate gate, List<Processor> candidates) {
    if (setUp.areHeld()) {
      setUp.hold(() -> interrupt(isr, gate, candidates));
      return;
    }
    Activity self = Activity.currentOrNull();
    QueuedInterrupt interrupt = new QueuedInterrupt(isr.get(), gate);
    Processor processor = addInterrupt(interrupt, candidates);
    if (self != null && self.processor() == processor && interrupt.isr().isAbove(self.irql())) {
      letIn(self, processor);
    }
  }

  private synchronized Processor addInterrupt(QueuedInterrupt interrupt, List<Processor> candidates) {
    Processor processor = processors.easiestToInterrupt(candidates);
    unfinished++;
    processors.addInterrupt(processor, interrupt);
    if (processor.occupant() == null) {
      launchIdle(processor);
    }
    return processor;
  }

  @Override
  public void affinityChanged(Activity self) {
    Processor processor = self.processor();
    if (processor != null && !self.mayRunOn(processor)) {
      giveProcessor(self);
      takeProcessor(self);
    }
  }

  // interrupts, DPCs and timers

  @Override
  public void queueDpc(Activity dpc, Gate gate, @Nullable Processor target, boolean head, boolean drain) {
    if (setUp.areHeld()) {
      setUp.hold(() -> queueDpc(dpc, gate, target, head, drain));
      return;
    }
    Processor processor = addDpc(new QueuedDpc(dpc, gate), target, head, drain);
    Activity self = Activity.currentOrNull();
    if (self != null && self.processor() == processor && !self.irql().ownsProcessor()) {
      letIn(self, processor);
    }
  }

  private synchronized Processor addDpc(QueuedDpc dpc, @Nullable Processor target, boolean head, boolean drain) {
    Processor processor = target != null ? target : processors.idleOrFirst();
    unfinished++;
    boolean drains = processors.addDpc(processor, dpc, head, drain);
    if (processor.occupant() == null) {
      launchIdle(processor);
    } else if (!drains) {
      timers.later(() -> drain(processor), hastened(dpc.activity(), LiveTimers.TICK_NANOS));
    }
    return processor;
  }

  private synchronized void drain(Processor processor) {
    processors.drain(processor);
  }

  private void drainDpcs(Processor processor) {
    QueuedDpc next;
    while ((next = pollDpc(processor)) != null) {
      next.activity().setProcessor(processor);
      runInterrupting(next.activity(), next.gate());
    }
  }

  private synchronized @Nullable QueuedDpc pollDpc(Processor processor) {
    return processors.pollDpc(processor);
  }

  private void runInterrupting(Activity activity, Gate gate) {
    Activity previous = Activity.attach(activity);
    if (previous != null) {
      previous.setInterruptedBy(activity);
      stands();
    }
    try {
      if (!machine.isStopped() && gate.tryPass(activity)) {
        long since = machine.verifies() ? System.nanoTime() : 0;
        activity.runBody();
        if (since != 0) {
          machine.dpcWatchdog().checkSingle(activity, System.nanoTime() - since);
        }
      }
    } catch (MachineStopped e) {
      // the reason is the machine's failure
    } catch (Throwable e) {
      machine.threw(activity, e);
    } finally {
      if (previous != null) {
        previous.setInterruptedBy(null);
        goesOn();
      }
      Activity.attach(previous);
      machine.ended(activity);
      finished();
    }
  }

  @Override
  public synchronized void startAfter(Activity hardware, StepKind kind, Gate gate, long nanos) {
    if (setUp.areHeld()) {
      setUp.hold(() -> startAfter(hardware, kind, gate, nanos));
    } else if (machine.isStopped() || !gate.passable(hardware)) {
      machine.ended(hardware);
    } else {
      timers.set(gate, hardware, () -> expire(hardware, gate), hastened(hardware, nanos));
    }
  }

  private void expire(Activity hardware, Gate gate) {
    synchronized (this) {
      if (!timers.take(gate)) {
        return;
      }
      if (unfinished == parked.size()) {
        expiriesInVain++;
      }
      unfinished++;
    }
    runInterrupting(hardware, gate);
  }

  @Override
  public synchronized void calledOff(Gate gate) {
    timers.cancel(gate);
    notifyAll();
  }

  // steps

  @Override
  public void step(Activity self, StepKind kind, MachineObject target, @Nullable Object operand) {
    disturb(self);
  }

  /** Here something may come in between. */
  void disturb(Activity self) {
    lowered(self);
  }

  /** Who holds a spin lock goes on until it has given it back, if that does not take too long. */
  final void unwindIfStopped(Activity self) {
    if (machine.isStopped() && (self.spinLocksHeld() == 0 || isStoppedForLong())) {
      throw new MachineStopped();
    }
  }

  private boolean isStoppedForLong() {
    long since = stoppedSince;
    return since != 0 && System.nanoTime() - since > LONGEST_UNWINDING_NANOS;
  }

  /** An activity cannot go on for now: it spins, or was interrupted. */
  void stands() {}

  /** It can again. */
  void goesOn() {}

  /** How many activities are neither at their end nor wait here; who stands is one of them. */
  final int canGoOn() {
    return unfinished - parkedCount - processors.wanting();
  }

  @Override
  public void spin(Activity self, StepKind kind, Gate gate) {
    disturb(self);
    if (gate.tryPass(self)) {
      return;
    }
    SpinWait wait = new SpinWait(self, gate);
    stands();
    try {
      while (!gate.tryPass(self)) {
        if (machine.isStopped()) {
          throw new MachineStopped();
        }
        wait.pause();
        lowered(self);
      }
      gate.passedAfterSpinning();
    } finally {
      goesOn();
      wait.over();
    }
  }

  @Override
  public boolean block(Activity self, StepKind kind, Gate gate, long timeoutNanos) {
    disturb(self);
    if (timeoutNanos == 0) {
      return gate.tryPass(self);
    }
    long deadline = System.nanoTime() + hastened(self, timeoutNanos);
    for (int tries = 0; tries < TRIES_BEFORE_PARKING && !isWanted(self.processor()); tries++) {
      if (machine.isStopped()) {
        throw new MachineStopped();
      }
      if (gate.tryPass(self)) {
        return true;
      }
      Thread.onSpinWait();
    }
    setUp.heldWhenWaiting(self).forEach(this::begin);
    return park(self, gate, timeoutNanos > 0, deadline);
  }

  /** How long it takes until a time has passed that a model waits for. */
  long hastened(Activity self, long nanos) {
    return nanos;
  }

  private static boolean isWanted(@Nullable Processor processor) {
    return processor == null || processor.attention();
  }

  @Override
  public void delay(Activity self, long nanos) {
    disturb(self);
    park(self, NeverPassable.END_OF_DELAY, true, System.nanoTime() + hastened(self, nanos));
  }

  private boolean park(Activity self, Gate gate, boolean timed, long deadline) {
    giveProcessor(self);
    boolean passed = parkOutsideProcessor(self, gate, timed, deadline);
    takeProcessor(self);
    return passed;
  }

  private synchronized boolean parkOutsideProcessor(Activity self, Gate gate, boolean timed, long deadline) {
    parked.put(self, new Wait(gate, timed));
    parkedCount = parked.size();
    notifyAll();
    try {
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
        checkSetUpHasHelp(self, gate);
        awaitChange(self, gate, timed, left);
      }
    } finally {
      parked.remove(self);
      parkedCount = parked.size();
      expiriesInVain = 0;
    }
  }

  /** While a machine is set up, whoever could help who waits is there already, or never will be. */
  private void checkSetUpHasHelp(Activity self, Gate gate) {
    if (isClosed() && setUp.isBy(self) && isAtRest()) {
      throw new IllegalStateException(
          self + " would wait for " + gate + " during the setup, where nobody runs who could help");
    }
  }

  /** Whether no JVM thread from outside is expected to run on this machine. */
  boolean isClosed() {
    return false;
  }

  /** An interrupted JVM thread stops the machine: whoever lent it wants it back. */
  private synchronized void awaitChange(Activity self, Object awaited, boolean timed, long nanos) {
    try {
      if (timed) {
        TimeUnit.NANOSECONDS.timedWait(this, nanos);
      } else {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      machine.interrupted(self, awaited);
    }
  }

  @Override
  public void opened(Gate gate) {
    if (parkedCount > 0) {
      wakeAll();
    }
  }

  private synchronized void wakeAll() {
    notifyAll();
  }

  @Override
  public void access(Activity self, Cell cell, boolean write) {}

  @Override
  public void note(Activity self, StepKind kind, MachineObject target, @Nullable Object operand) {}

  @Override
  public void outcome(Activity self, @Nullable Object value) {}
}
