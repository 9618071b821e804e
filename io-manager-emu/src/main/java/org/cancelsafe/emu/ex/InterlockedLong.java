package org.cancelsafe.emu.ex;

import java.util.concurrent.atomic.AtomicLong;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.StepKind;
import org.jspecify.annotations.Nullable;

/**
 * {@code LONG volatile}: a number that is changed with the {@code Interlocked} routines. IRQL: any, for all of them.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/using-interlocked-operations">Using
 *     interlocked operations</a>
 */
public final class InterlockedLong extends MachineObject {
  private static final long ULONG = 0xFFFF_FFFFL;

  private final AtomicLong value;

  /** A variable with this name and initial value. */
  public InterlockedLong(String name, long value) {
    super(name);
    this.value = new AtomicLong(value);
  }

  /** {@code ReadAcquire}: reads the variable. */
  public long read() {
    return tell(announce(StepKind.READ, null), value.get());
  }

  /** {@code WriteRelease}: writes the variable. */
  public void write(long newValue) {
    announce(StepKind.WRITE, newValue);
    value.set(newValue);
  }

  /** {@code InterlockedExchange}: writes the variable; returns the value before. */
  public long exchange(long newValue) {
    return tell(announce(StepKind.EXCHANGE, newValue), value.getAndSet(newValue));
  }

  /**
   * {@code InterlockedCompareExchange}: writes the variable if it has the value compared with.
   *
   * @return the value before, whether or not it was written
   */
  public long compareExchange(long newValue, long comparand) {
    Machine machine = announce(StepKind.COMPARE_EXCHANGE, newValue);
    return tell(machine, value.compareAndExchange(comparand, newValue));
  }

  /** {@code InterlockedIncrement}: adds one; returns the new value. */
  public long increment() {
    return tell(announce(StepKind.INCREMENT, null), value.incrementAndGet());
  }

  /** {@code InterlockedDecrement}: takes one away; returns the new value. */
  public long decrement() {
    return tell(announce(StepKind.DECREMENT, null), value.decrementAndGet());
  }

  /** {@code InterlockedExchangeAdd}: adds; returns the value before. */
  public long exchangeAdd(long addend) {
    return tell(announce(StepKind.ADD, addend), value.getAndAdd(addend));
  }

  /** {@code InterlockedAdd}: adds; returns the new value. */
  public long add(long addend) {
    Machine machine = announce(StepKind.ADD, addend);
    return tell(machine, value.addAndGet(addend));
  }

  /** {@code InterlockedOr}: sets bits; returns the value before. */
  public long or(long bits) {
    return tell(announce(StepKind.OR, bits), value.getAndUpdate(old -> old | bits));
  }

  /** {@code InterlockedAnd}: clears the bits that are not given; returns the value before. */
  public long and(long bits) {
    return tell(announce(StepKind.AND, bits), value.getAndUpdate(old -> old & bits));
  }

  /** {@code InterlockedXor}: turns bits over; returns the value before. */
  public long xor(long bits) {
    return tell(announce(StepKind.XOR, bits), value.getAndUpdate(old -> old ^ bits));
  }

  /** {@code InterlockedBitTestAndSet}: sets one bit, counted from 0; returns whether it was set before. */
  public boolean bitTestAndSet(int bit) {
    return (or(mask(bit)) & mask(bit)) != 0;
  }

  /** {@code InterlockedBitTestAndReset}: clears one bit, counted from 0; returns whether it was set before. */
  public boolean bitTestAndReset(int bit) {
    return (and(~mask(bit)) & mask(bit)) != 0;
  }

  private static long mask(int bit) {
    if (bit < 0 || bit >= Long.SIZE) {
      throw new IndexOutOfBoundsException("a variable has bits 0 to 63, not " + bit);
    }
    return 1L << bit;
  }

  /** ExInterlockedAddUlong's, under its lock. */
  long addUlong(long addend) {
    return value.getAndUpdate(old -> old + addend & ULONG);
  }

  /** ExInterlockedAddLargeInteger's, under its lock. */
  long addLargeInteger(long addend) {
    return value.getAndAdd(addend);
  }

  private Machine announce(StepKind kind, @Nullable Object operand) {
    Activity self = Activity.current();
    Machine machine = self.machine();
    machine.preemptionPoint(self);
    machine.step(kind, this, operand);
    return machine;
  }

  private static long tell(Machine machine, long result) {
    machine.outcome(result);
    return result;
  }

  @Override
  public String kindName() {
    return "LONG";
  }

  @Override
  public String snapshot() {
    return Long.toString(value.get());
  }
}
