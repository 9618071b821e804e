package org.cancelsafe.emu.ke;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import java.util.List;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.Processor;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * {@code KINTERRUPT}: a device's interrupt and the routine that services it. The routine is an activity of its own, on
 * the processor that takes the interrupt as soon as the IRQL there is below the interrupt's; what it interrupts stands
 * still until it has returned.
 *
 * <pre>{@code
 * KInterrupt nic = KInterrupt.named("nic").irql(DIRQL_5).serviceRoutine(this::isr, extension).build();
 * NtStatus status = io.connectInterrupt(nic);
 * machine.startHardware("device", nic::assertInterrupt);
 * }</pre>
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/introduction-to-interrupt-service-routines">
 *     Introduction to interrupt service routines</a>
 */
public final class KInterrupt extends MachineObject {
  private final Irql irql;
  private final Irql synchronizeIrql;
  private final @Nullable Integer vector;
  private final boolean shareVector;
  private final long processorEnableMask;
  private final KServiceRoutine serviceRoutine;
  private final @Nullable Object serviceContext;
  private final InterruptLock lock;
  private volatile @Nullable InterruptVector line;

  KInterrupt(KInterruptBuilder from, KServiceRoutine serviceRoutine) {
    super(from.name);
    this.irql = from.irql;
    this.synchronizeIrql = from.synchronizeIrql();
    this.vector = from.vector;
    this.shareVector = from.shareVector;
    this.processorEnableMask = from.processorEnableMask;
    this.serviceRoutine = serviceRoutine;
    this.serviceContext = from.serviceContext;
    KSpinLock spinLock = from.spinLock;
    this.lock =
        isPassive()
            ? new PassiveInterruptLock(new KEvent(name() + " event", KEvent.Type.SYNCHRONIZATION_EVENT, true))
            : new InterruptSpinLock(spinLock != null ? spinLock : new KSpinLock(name() + " lock"), synchronizeIrql);
  }

  /** Begins to describe an interrupt, the parameters of {@code IoConnectInterrupt}. */
  public static KInterruptBuilder named(String name) {
    return new KInterruptBuilder(requireNonNull(name, "name"));
  }

  /** {@code Irql}: the level the interrupt comes in at. */
  public Irql irql() {
    return irql;
  }

  /** {@code SynchronizeIrql}: the level its routine and its spin lock are at. */
  public Irql synchronizeIrql() {
    return synchronizeIrql;
  }

  @Nullable Integer vector() {
    return vector;
  }

  boolean isShareable() {
    return shareVector;
  }

  private boolean isPassive() {
    return irql == Irql.PASSIVE_LEVEL;
  }

  /**
   * {@code IoConnectInterrupt}, for the I/O manager: from now on the routine may be called, before this has returned
   * too.
   *
   * @return false when it has no processor of this machine, or its vector is taken
   */
  public boolean connect() {
    Machine machine = checkPassive("IoConnectInterrupt").machine();
    if (line != null) {
      throw new IllegalStateException(this + " is connected already");
    }
    if (enabled(machine).isEmpty() || synchronizeIrql.isBelow(irql)) {
      return false;
    }
    if (enabled(machine).size() < machine.processors().size()) {
      machine.processorsDiffer();
    }
    InterruptVector vector = InterruptVectors.of(machine).of(this);
    line = vector;
    if (!vector.connect(this)) {
      line = null;
      return false;
    }
    return true;
  }

  /** {@code IoDisconnectInterrupt}, for the I/O manager: once this has returned the routine neither runs nor will. */
  public void disconnect() {
    Activity self = checkPassive("IoDisconnectInterrupt");
    InterruptVector connected = line;
    if (connected == null) {
      throw new IllegalStateException(this + " is not connected");
    }
    Irql old = lock.enter(self);
    connected.disconnect(this);
    line = null;
    lock.leave(self, old);
  }

  private Activity checkPassive(String routine) {
    Activity self = Activity.current();
    if (!self.isAt(Irql.PASSIVE_LEVEL)) {
      throw Rule.CONNECT_INTERRUPT_ABOVE_PASSIVE.violated(
          self.machine(), routine + "(" + this + ") at " + self.irql() + ", " + self, self.irql().level(), this);
    }
    return self;
  }

  private List<Processor> enabled(Machine machine) {
    return machine.processors().stream()
        .filter(processor -> (processorEnableMask & 1L << processor.number()) != 0)
        .collect(ImmutableList.toImmutableList());
  }

  /**
   * The device's side: interrupts one of the processors that the interrupt was connected for. Nothing more happens when
   * it is not connected, or is still waiting for a processor to take the one before.
   *
   * <p>IRQL: any; a piece of hardware that acts on its own is started with {@link Machine#startHardware}.
   *
   * @return whether this will call the service routine once
   */
  public boolean assertInterrupt() {
    Machine machine = Activity.current().machine();
    return InterruptVectors.of(machine).of(this).assertLine(this, enabled(machine));
  }

  /** The device's side: interrupts this processor. */
  public boolean assertInterrupt(Processor processor) {
    return InterruptVectors.of(Activity.current().machine()).of(this).assertLine(this, List.of(processor));
  }

  boolean service() {
    Activity self = Activity.current();
    Irql old = lock.enter(self);
    boolean mine = line != null && serviceRoutine.service(this, serviceContext);
    if (!self.isAt(synchronizeIrql)) {
      throw Rule.ISR_CHANGED_IRQL.violated(
          self.machine(),
          "the ISR of " + this + " was called at " + synchronizeIrql + " and returned at " + self.irql(),
          this,
          synchronizeIrql.level(),
          self.irql().level());
    }
    lock.leave(self, old);
    return mine;
  }

  /**
   * {@code KeAcquireInterruptSpinLock}: raises to {@code SynchronizeIrql} and takes the interrupt's spin lock.
   *
   * <p>IRQL: at most {@code SynchronizeIrql} on entry, {@code SynchronizeIrql} on exit. Bug checks: {@code 0xC4/0x30}
   * above; {@code 0xF} when the caller owns the lock; {@code 0x9} for an interrupt that is handled at PASSIVE_LEVEL.
   *
   * @return the IRQL on entry, for {@link #releaseInterruptSpinLock}
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keacquireinterruptspinlock">
   *     KeAcquireInterruptSpinLock</a>
   */
  public Irql acquireInterruptSpinLock() {
    return checkHasSpinLock("KeAcquireInterruptSpinLock").enter(Activity.current());
  }

  /**
   * {@code KeReleaseInterruptSpinLock}: gives the interrupt's spin lock back and restores the IRQL.
   *
   * <p>IRQL: {@code SynchronizeIrql} on entry, {@code oldIrql} on exit. Bug checks: {@code 0xC4/0x1007}, {@code
   * 0xC4/0x1004} or {@code 0x10} when the caller does not own the lock; {@code 0xC4/0x31} at another IRQL.
   *
   * @param oldIrql what {@link #acquireInterruptSpinLock} returned
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereleaseinterruptspinlock">
   *     KeReleaseInterruptSpinLock</a>
   */
  public void releaseInterruptSpinLock(Irql oldIrql) {
    checkHasSpinLock("KeReleaseInterruptSpinLock").leave(Activity.current(), oldIrql);
  }

  private InterruptLock checkHasSpinLock(String routine) {
    if (isPassive()) {
      throw Rule.PASSIVE_INTERRUPT_HAS_NO_LOCK.violated(
          Activity.current().machine(),
          routine + "(" + this + "), which is handled at PASSIVE_LEVEL; use KeSynchronizeExecution",
          this);
    }
    return lock;
  }

  /**
   * {@code KeSynchronizeExecution}: calls a routine that excludes the service routine, on the caller's processor, at
   * {@code SynchronizeIrql} with the interrupt's spin lock held; with its event, where the interrupt is handled at
   * PASSIVE_LEVEL.
   *
   * <p>IRQL: at most {@code SynchronizeIrql}, unchanged. Bug checks: as {@link #acquireInterruptSpinLock}.
   *
   * @return what the routine returns
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kesynchronizeexecution">
   *     KeSynchronizeExecution</a>
   */
  public boolean synchronizeExecution(KSynchronizeRoutine synchronizeRoutine, @Nullable Object synchronizeContext) {
    Activity self = Activity.current();
    Irql old = lock.enter(self);
    boolean result = synchronizeRoutine.run(synchronizeContext);
    lock.leave(self, old);
    return result;
  }

  @Override
  public String kindName() {
    return "KINTERRUPT";
  }
}
