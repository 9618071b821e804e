package org.cancelsafe.emu.machine;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Catches data races in the act, as DataCollider does (Erickson, Musuvathi, Burckhardt and Olynyk, OSDI 2010): an
 * activity waits in the middle of an access, and whoever comes to the same memory meanwhile, one of the two to write,
 * races with it. Nothing can have ordered the two, since the first has done nothing else meanwhile; so what is caught is
 * a race, and what is not caught may be one all the same.
 */
final class Watchpoints {
  private final Map<Cell, Access> watched = new ConcurrentHashMap<>();

  private record Access(Activity by, boolean write) {
    String inWords() {
      return (write ? "written" : "read") + " by " + by.name();
    }
  }

  /** Throws when somebody else is in the middle of an access that races with this one. */
  void check(Activity self, Cell cell, boolean write) {
    Access first = watched.get(cell);
    if (first != null && (write || first.write)) {
      throw new DataRace(
          cell + " is " + first.inWords() + " and at the same time " + new Access(self, write).inWords(),
          cell,
          null,
          null);
    }
  }

  /** Waits in the middle of this access. */
  void during(Activity self, Cell cell, boolean write, Runnable wait) {
    Access access = new Access(self, write);
    boolean isFirst = watched.putIfAbsent(cell, access) == null;
    try {
      wait.run();
    } finally {
      if (isFirst) {
        watched.remove(cell);
      }
    }
  }
}
