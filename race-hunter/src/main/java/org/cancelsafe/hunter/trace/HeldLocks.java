package org.cancelsafe.hunter.trace;

import com.google.common.collect.Lists;
import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.MachineObject;

/** The spin locks that are held when a run ends, each in a sentence. */
final class HeldLocks {
  private HeldLocks() {}

  static List<String> of(List<MachineObject> objects, List<RecordedLine> lines) {
    List<String> held = new ArrayList<>();
    for (MachineObject object : objects) {
      Activity owner = object instanceof KSpinLock lock ? lock.owner() : null;
      if (owner != null) {
        held.add(object + " by " + owner + since(object, lines));
      }
    }
    return held;
  }

  private static String since(MachineObject lock, List<RecordedLine> lines) {
    return Lists.reverse(lines).stream()
        .filter(line -> line.target == lock && line.kind.scheduled() && line.kind.observes())
        .findFirst()
        .map(line -> " since #" + line.number + (line.site == null ? "" : " at " + line.site))
        .orElse("");
  }
}
