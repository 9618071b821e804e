package org.cancelsafe.emu.ex;

import java.util.concurrent.atomic.AtomicReference;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.StepKind;
import org.jspecify.annotations.Nullable;

/**
 * {@code PVOID volatile}: a pointer that is changed with the {@code InterlockedXxxPointer} routines. IRQL: any.
 *
 * @param <T> what it points at
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/using-interlocked-operations">Using
 *     interlocked operations</a>
 */
public final class InterlockedPointer<T> extends MachineObject {
  private final AtomicReference<@Nullable T> value;

  /** A variable with this name and initial value. */
  public InterlockedPointer(String name, @Nullable T value) {
    super(name);
    this.value = new AtomicReference<>(value);
  }

  /** {@code ReadPointerAcquire}: reads the variable. */
  public @Nullable T read() {
    return tell(announce(StepKind.READ, null), value.get());
  }

  /** {@code WritePointerRelease}: writes the variable. */
  public void write(@Nullable T newValue) {
    announce(StepKind.WRITE, newValue);
    value.set(newValue);
  }

  /** {@code InterlockedExchangePointer}: writes the variable; returns the value before. */
  public @Nullable T exchange(@Nullable T newValue) {
    return tell(announce(StepKind.EXCHANGE, newValue), value.getAndSet(newValue));
  }

  /**
   * {@code InterlockedCompareExchangePointer}: writes the variable if it has the value compared with.
   *
   * @return the value before, whether or not it was written
   */
  public @Nullable T compareExchange(@Nullable T newValue, @Nullable T comparand) {
    Machine machine = announce(StepKind.COMPARE_EXCHANGE, newValue);
    return tell(machine, value.compareAndExchange(comparand, newValue));
  }

  private Machine announce(StepKind kind, @Nullable Object operand) {
    Activity self = Activity.current();
    Machine machine = self.machine();
    machine.preemptionPoint(self);
    machine.step(kind, this, operand);
    return machine;
  }

  private static <T> @Nullable T tell(Machine machine, @Nullable T result) {
    machine.outcome(result);
    return result;
  }

  @Override
  public String kindName() {
    return "PVOID";
  }

  @Override
  public String snapshot() {
    return String.valueOf(value.get());
  }
}
