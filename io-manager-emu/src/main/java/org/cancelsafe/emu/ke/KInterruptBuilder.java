package org.cancelsafe.emu.ke;

import static java.util.Objects.requireNonNull;

import org.cancelsafe.emu.machine.Irql;
import org.jspecify.annotations.Nullable;

/** The parameters of {@code IoConnectInterrupt}, under their names there. */
public final class KInterruptBuilder {
  private static final long EVERY_PROCESSOR = -1L;

  final String name;
  Irql irql = Irql.DIRQL_3;
  private @Nullable Irql synchronizeIrql;
  @Nullable Integer vector;
  boolean shareVector;
  long processorEnableMask = EVERY_PROCESSOR;
  @Nullable KSpinLock spinLock;
  @Nullable Object serviceContext;
  private @Nullable KServiceRoutine serviceRoutine;

  KInterruptBuilder(String name) {
    this.name = name;
  }

  /** {@code ServiceRoutine} and {@code ServiceContext}. */
  public KInterruptBuilder serviceRoutine(KServiceRoutine routine, @Nullable Object context) {
    this.serviceRoutine = requireNonNull(routine, "routine");
    this.serviceContext = context;
    return this;
  }

  /** {@code SpinLock}: one that several interrupts of a driver share; without one the interrupt has its own. */
  public KInterruptBuilder spinLock(KSpinLock lock) {
    this.spinLock = requireNonNull(lock, "lock");
    return this;
  }

  /** {@code Vector}: interrupts of the same vector share a line; without one the interrupt has a line of its own. */
  public KInterruptBuilder vector(int number) {
    this.vector = number;
    return this;
  }

  /** {@code Irql}: a device level, or PASSIVE_LEVEL for an interrupt that is handled in a system thread. */
  public KInterruptBuilder irql(Irql level) {
    if (level == Irql.APC_LEVEL || level == Irql.DISPATCH_LEVEL) {
      throw new IllegalArgumentException("a device interrupts at a DIRQL, or at PASSIVE_LEVEL, not at " + level);
    }
    this.irql = level;
    return this;
  }

  /** {@code SynchronizeIrql}: the highest {@code Irql} of those that share the spin lock; otherwise the same. */
  public KInterruptBuilder synchronizeIrql(Irql level) {
    this.synchronizeIrql = requireNonNull(level, "level");
    return this;
  }

  Irql synchronizeIrql() {
    return synchronizeIrql != null ? synchronizeIrql : irql;
  }

  /** {@code ShareVector}. */
  public KInterruptBuilder shareVector(boolean share) {
    this.shareVector = share;
    return this;
  }

  /** {@code ProcessorEnableMask}: a bit for each processor that may take the interrupt. */
  public KInterruptBuilder processorEnableMask(long mask) {
    this.processorEnableMask = mask;
    return this;
  }

  /** The interrupt, not yet connected. */
  public KInterrupt build() {
    return new KInterrupt(this, requireNonNull(serviceRoutine, "an interrupt needs a service routine"));
  }
}
