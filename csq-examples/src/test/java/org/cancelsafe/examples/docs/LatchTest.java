package org.cancelsafe.examples.docs;

import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.testkit.junit.RaceHunt;

/** A primitive that is added as docs/design.md says orders what it should, explored and live. */
class LatchTest {
  @RaceHunt(live = 100)
  void whatIsWrittenBeforeItOpensIsReadAfterwards(Machine machine) {
    Latch latch = new Latch("latch");
    Shared<Integer> written = new Shared<>("written", 0);
    machine.startThread(
        "Writer",
        () -> {
          written.set(1);
          latch.open();
        });
    machine.startThread(
        "Reader",
        () -> {
          latch.await();
          if (written.get() != 1) {
            throw new AssertionError("read before it was written");
          }
        });
  }

  @RaceHunt(expectRace = "Deadlock")
  void whoWaitsForOneThatNobodyOpensHangs(Machine machine) {
    Latch latch = new Latch("latch");
    machine.startThread("Reader", latch::await);
  }
}
