package org.cancelsafe.examples.guide;

import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Shared;

/** {@code BELL_EXTENSION}. */
final class BellExtension {
  final KSpinLock lock = new KSpinLock("Lock");
  final ListEntry waiting = new ListEntry("Waiting");
  final Shared<Integer> rings = new Shared<>("Rings", 0);
}
