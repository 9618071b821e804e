package org.cancelsafe.emu.ex;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class InterlockedTest {
  private final InterlockedLong number = new InterlockedLong("N", 5);
  private final InterlockedPointer<String> pointer = new InterlockedPointer<>("P", null);

  @Test
  @Statement(230)
  void compareExchangeReturnsTheOriginalWhetherOrNotItStored() {
    onMachine(
        machine -> {
          assertEquals(5, number.compareExchange(7, 4));
          assertEquals(5, number.read());
          assertEquals(5, number.compareExchange(7, 5));
          assertEquals(7, number.read());
          assertNull(pointer.compareExchange("a", "b"));
          assertNull(pointer.read());
          assertNull(pointer.compareExchange("a", null));
          assertEquals("a", pointer.compareExchange(null, "a"));
          assertNull(pointer.read());
        });
  }

  @Test
  @Statement(231)
  void incrementAndDecrementReturnTheNewValue() {
    onMachine(
        machine -> {
          assertEquals(6, number.increment());
          assertEquals(5, number.decrement());
          assertEquals(5, number.exchangeAdd(3));
          assertEquals("8", number.snapshot());
        });
  }

  @Test
  void exchangeReturnsTheOriginal() {
    onMachine(
        machine -> {
          assertEquals(5, number.exchange(1));
          number.write(2);
          assertEquals(2, number.read());
          assertNull(pointer.exchange("a"));
          assertEquals("a", pointer.exchange("b"));
          pointer.write("c");
          assertEquals("c", pointer.snapshot());
        });
  }

  @Test
  void bitOperationsReturnTheOriginal() {
    onMachine(
        machine -> {
          assertEquals(5, number.or(2));
          assertEquals(7, number.and(6));
          assertEquals(6, number.xor(3));
          assertEquals(5, number.read());
          assertEquals(false, number.bitTestAndSet(1));
          assertEquals(true, number.bitTestAndSet(1));
          assertEquals(7, number.read());
          assertEquals(true, number.bitTestAndReset(0));
          assertEquals(false, number.bitTestAndReset(0));
          assertEquals(6, number.read());
          assertThrows(IndexOutOfBoundsException.class, () -> number.bitTestAndSet(64));
        });
  }

  @Test
  void noIncrementIsLost() {
    onProcessors(
        2,
        machine -> {
          for (int i = 0; i < 3; i++) {
            machine.startThread(
                "T" + i,
                () -> {
                  for (int n = 0; n < 5_000; n++) {
                    number.increment();
                  }
                });
          }
        });
    assertEquals("15005", number.snapshot());
  }
}
