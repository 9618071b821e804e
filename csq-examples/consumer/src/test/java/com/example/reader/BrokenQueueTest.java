package com.example.reader;

import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.testkit.junit.RaceHunt;

/** Fails: the trace is the failure's message. */
class BrokenQueueTest {
  @RaceHunt
  void readAndCancel(Machine machine) {
    Reads.raceForARead(machine, new HandMadeQueue()::read);
  }
}
