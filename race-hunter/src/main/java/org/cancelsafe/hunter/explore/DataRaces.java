package org.cancelsafe.hunter.explore;

import org.cancelsafe.emu.machine.Cell;
import org.cancelsafe.emu.machine.DataRace;
import org.jspecify.annotations.Nullable;

/**
 * Happens-before race detection on plain memory, after FastTrack (Flanagan and Freund, PLDI 2009): the last write of a
 * cell is remembered as an epoch, one activity and its time; reads are remembered as a vector, which a write clears.
 */
final class DataRaces {
  private final Tasks tasks;
  private final @Nullable RunObserver observer;

  /**
   * A detector.
   *
   * @param observer says where the running activity is; null when nobody will read it
   */
  DataRaces(Tasks tasks, @Nullable RunObserver observer) {
    this.tasks = tasks;
    this.observer = observer;
  }

  void read(Cell cell, int reader, VectorClock clock) {
    Shadow shadow = Shadow.of(cell, tasks);
    if (shadow.writer >= 0 && shadow.writeTime > clock.get(shadow.writer)) {
      throw race(cell, "written", shadow.writer, shadow.writeSite, "read", reader);
    }
    if (shadow.reads == null) {
      shadow.reads = new VectorClock();
    }
    shadow.reads.set(reader, clock.get(reader));
    if (observer != null) {
      shadow.setSiteOfRead(reader, observer.site());
    }
  }

  void write(Cell cell, int writer, VectorClock clock) {
    Shadow shadow = Shadow.of(cell, tasks);
    if (shadow.writer >= 0 && shadow.writeTime > clock.get(shadow.writer)) {
      throw race(cell, "written", shadow.writer, shadow.writeSite, "written", writer);
    }
    if (shadow.reads != null) {
      int reader = shadow.reads.firstBeyond(clock);
      if (reader >= 0) {
        throw race(cell, "read", reader, shadow.siteOfRead(reader), "written", writer);
      }
      shadow.reads.clear();
    }
    shadow.writer = writer;
    shadow.writeTime = clock.get(writer);
    if (observer != null) {
      shadow.writeSite = observer.site();
    }
  }

  private DataRace race(Cell cell, String before, int first, @Nullable String firstSite, String now, int second) {
    String another = name(first).equals(name(second)) ? "another " : "";
    return new DataRace(
        cell + " was " + before + " by " + name(first) + " and is " + now + " by " + another + name(second)
            + ", and nothing orders the two",
        cell,
        firstSite,
        observer == null ? null : observer.site());
  }

  private String name(int task) {
    return String.valueOf(tasks.get(task).activity.name());
  }
}
