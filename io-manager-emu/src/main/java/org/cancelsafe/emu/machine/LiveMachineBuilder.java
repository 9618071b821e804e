package org.cancelsafe.emu.machine;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.cancelsafe.emu.verifier.Verifier;
import org.jspecify.annotations.Nullable;

/** How a live machine is put together. */
public final class LiveMachineBuilder {
  private int processors = Machine.DEFAULT_PROCESSORS;
  private Verifier verifier = Verifier.STANDARD;
  private DpcWatchdog dpcWatchdog = DpcWatchdog.USUAL;
  private @Nullable Long noiseSeed;
  private @Nullable LowResources lowResources;
  private @Nullable ForcePending forcePending;

  LiveMachineBuilder() {}

  /** With this many processors. */
  public LiveMachineBuilder processors(int count) {
    this.processors = count;
    return this;
  }

  /** Checking this much. */
  public LiveMachineBuilder verifier(Verifier verifier) {
    this.verifier = requireNonNull(verifier, "verifier");
    return this;
  }

  /**
   * With delays at its steps and at accesses to plain memory between them, drawn from this seed, to shake races loose.
   * Two accesses to the same memory that meet in such a delay, one of them a write, stop the machine with a {@link
   * DataRace}.
   */
  public LiveMachineBuilder noise(long seed) {
    this.noiseSeed = seed;
    return this;
  }

  /**
   * Lets allocations fail at random, 6 of 100, as Driver Verifier's randomized low resources simulation does: those of
   * {@code IoAllocateIrp}, {@code IoBuildXxx}, {@code IoMakeAssociatedIrp}, {@code IoAllocateWorkItem}, {@code
   * IoAllocateMdl} and {@code IoSetCompletionRoutineEx}.
   */
  public LiveMachineBuilder lowResources(long seed) {
    return lowResources(LowResources.randomized(seed, LowResources.PERCENT));
  }

  /** Lets these allocations fail. */
  public LiveMachineBuilder lowResources(LowResources lowResources) {
    this.lowResources = requireNonNull(lowResources, "lowResources");
    return this;
  }

  /** Has half of the drivers' calls of IoCallDriver pend at random, as Driver Verifier's option does. */
  public LiveMachineBuilder forcePending(long seed) {
    return forcePending(ForcePending.randomized(seed, ForcePending.PERCENT));
  }

  /** Has these calls pend. */
  public LiveMachineBuilder forcePending(ForcePending forcePending) {
    this.forcePending = requireNonNull(forcePending, "forcePending");
    return this;
  }

  /**
   * With a DPC watchdog that bites when one DPC or ISR has taken this long ({@code 0x133}, parameter 0), or when a
   * thread has kept its processor at DISPATCH_LEVEL or above for that long (parameter 1), both of the JVM thread's
   * time. Usually it takes many seconds.
   */
  public LiveMachineBuilder dpcWatchdog(Duration single, Duration cumulative) {
    this.dpcWatchdog = dpcWatchdog.with(single, cumulative);
    return this;
  }

  /**
   * With this much of the JVM thread's time for a spin lock to be held, when the machine verifies. The guideline is 25
   * us; what a garbage collector and a busy host add is more, so usually it takes many seconds.
   */
  public LiveMachineBuilder spinLockLimit(Duration limit) {
    this.dpcWatchdog = dpcWatchdog.withHold(limit);
    return this;
  }

  /**
   * Switches the machine on.
   *
   * @throws IllegalStateException when calls are forced to pend, and nothing is verified
   */
  public Machine build() {
    if (forcePending != null && verifier == Verifier.OFF) {
      throw new IllegalStateException("forcePending is an option of the verifier, and the verifier is off");
    }
    Long seed = noiseSeed;
    Machine machine =
        new Machine(
            it -> seed == null ? new LiveScheduler(it) : new NoisyScheduler(it, seed),
            seed != null,
            false,
            processors,
            verifier,
            dpcWatchdog);
    machine.provoke(lowResources, forcePending);
    return machine;
  }
}
