package com.example.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.testkit.junit.RaceHunt;

/** Passes: every schedule goes well, and so do some hundreds on real threads. */
class GoodQueueTest {
  @RaceHunt(live = 200)
  void readAndCancel(Machine machine) {
    IoCsq csq = new IoCsq();
    csq.initialize(new ArrayCallbacks());
    Irp irp =
        Reads.raceForARead(
            machine,
            (device, read) -> {
              csq.insertIrp(read, null);
              return NtStatus.STATUS_PENDING;
            });
    machine.afterwards(() -> assertEquals(NtStatus.STATUS_CANCELLED, irp.userIosb().status()));
  }
}
