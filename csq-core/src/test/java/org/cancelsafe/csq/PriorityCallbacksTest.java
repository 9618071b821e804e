package org.cancelsafe.csq;

import static org.cancelsafe.csq.TestDriver.onMachine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.cancelsafe.emu.io.Irp;
import org.junit.jupiter.api.Test;

class PriorityCallbacksTest {
  private final IoCsq csq = new IoCsq();

  PriorityCallbacksTest() {
    csq.initialize(
        new PriorityCallbacks("queue", Comparator.comparingLong(irp -> irp.currentStackLocation().length())));
  }

  private Irp queued(TestDriver driver, int priority) {
    Irp irp = driver.irp();
    irp.currentStackLocation().setLength(priority);
    csq.insertIrp(irp, null);
    return irp;
  }

  private List<Irp> removeAll() {
    List<Irp> all = new ArrayList<>();
    for (Irp irp = csq.removeNextIrp(null); irp != null; irp = csq.removeNextIrp(null)) {
      all.add(irp);
    }
    return all;
  }

  @Property(tries = 200)
  void theOrderIsThatOfAStableSort(@ForAll @Size(max = 12) List<@IntRange(max = 3) Integer> priorities) {
    onMachine(
        driver -> {
          List<Irp> expected = new ArrayList<>();
          priorities.forEach(priority -> expected.add(queued(driver, priority)));
          expected.sort(Comparator.comparingLong(irp -> irp.currentStackLocation().length()));
          assertEquals(expected, removeAll());
        });
  }

  @Test
  void equalsKeepTheirOrderWhenOneIsCancelled() {
    onMachine(
        driver -> {
          Irp low = queued(driver, 2);
          Irp first = queued(driver, 1);
          Irp cancelled = queued(driver, 1);
          Irp last = queued(driver, 1);
          driver.io.cancelIrp(cancelled);
          assertEquals(List.of(first, last, low), removeAll());
        });
  }

  @Test
  void aPeekContextMeansAFileHereToo() {
    onMachine(
        driver -> {
          queued(driver, 1);
          Irp ofOther = driver.irp(driver.open("other"));
          ofOther.currentStackLocation().setLength(3);
          csq.insertIrp(ofOther, null);
          assertSame(ofOther, csq.removeNextIrp(ofOther.currentStackLocation().fileObject()));
        });
  }
}
