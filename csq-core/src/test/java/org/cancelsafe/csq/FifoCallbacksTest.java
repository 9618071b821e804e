package org.cancelsafe.csq;

import static org.cancelsafe.csq.TestDriver.onMachine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.fidelity.Statement;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FifoCallbacksTest {
  private final FifoCallbacks callbacks = new FifoCallbacks("queue");
  private final IoCsq csq = new IoCsq();

  FifoCallbacksTest() {
    csq.initialize(callbacks);
  }

  private Irp queued(TestDriver driver, FileObject file) {
    Irp irp = driver.irp(file);
    csq.insertIrp(irp, null);
    return irp;
  }

  private List<Irp> removeAll(@Nullable FileObject file) {
    List<Irp> all = new ArrayList<>();
    for (Irp irp = csq.removeNextIrp(file); irp != null; irp = csq.removeNextIrp(file)) {
      all.add(irp);
    }
    return all;
  }

  @Test
  void firstInFirstOut() {
    onMachine(
        driver -> {
          List<Irp> inserted = new ArrayList<>();
          for (int i = 0; i < 5; i++) {
            inserted.add(queued(driver, driver.file));
          }
          assertEquals(inserted, removeAll(null));
        });
  }

  @Test
  void aCancelledIrpLeavesTheOrderOfTheOthersAlone() {
    onMachine(
        driver -> {
          Irp first = queued(driver, driver.file);
          Irp middle = queued(driver, driver.file);
          Irp last = queued(driver, driver.file);
          driver.io.cancelIrp(middle);
          assertEquals(List.of(first, last), removeAll(null));
        });
  }

  @Test
  void aPeekContextMeansTheIrpsOfAFile() {
    onMachine(
        driver -> {
          FileObject other = driver.open("other");
          Irp a1 = queued(driver, driver.file);
          Irp b1 = queued(driver, other);
          Irp a2 = queued(driver, driver.file);
          Irp b2 = queued(driver, other);
          assertEquals(List.of(b1, b2), removeAll(other));
          assertEquals(List.of(), removeAll(other));
          assertEquals(List.of(a1, a2), removeAll(null));
        });
  }

  @Test
  @Statement(36)
  void aPeekIsForTheFirstMatchStrictlyAfter() {
    onMachine(
        driver -> {
          FileObject other = driver.open("other");
          Irp a1 = queued(driver, driver.file);
          Irp b1 = queued(driver, other);
          Irp a2 = queued(driver, driver.file);
          assertSame(a1, callbacks.peekNextIrp(csq, null, null));
          assertSame(b1, callbacks.peekNextIrp(csq, a1, null));
          assertSame(a2, callbacks.peekNextIrp(csq, b1, null));
          assertNull(callbacks.peekNextIrp(csq, a2, null));
          assertSame(a2, callbacks.peekNextIrp(csq, a1, driver.file));
          assertSame(b1, callbacks.peekNextIrp(csq, null, other));
          assertNull(callbacks.peekNextIrp(csq, b1, other));
          assertNull(callbacks.peekNextIrp(csq, null, "something else"));
          assertEquals(List.of(a1, b1, a2), removeAll(null));
        });
  }

  @Test
  void completesCancelledIrpsWithNothingTransferred() {
    onMachine(
        driver -> {
          Irp irp = driver.irp();
          irp.setIoStatus(NtStatus.STATUS_SUCCESS, 99);
          csq.insertIrp(irp, null);
          driver.io.cancelIrp(irp);
          assertEquals(NtStatus.STATUS_CANCELLED, irp.userIosb().status());
          assertEquals(0, irp.userIosb().information());
        });
  }
}
