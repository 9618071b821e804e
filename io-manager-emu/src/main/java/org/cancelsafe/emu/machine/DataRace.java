package org.cancelsafe.emu.machine;

import org.jspecify.annotations.Nullable;

/** Two unordered accesses to plain memory, one of them a write. */
public final class DataRace extends Error {
  private static final long serialVersionUID = 1L;

  private final transient Cell cell;
  private final @Nullable String firstSite;
  private final @Nullable String secondSite;

  /**
   * A race.
   *
   * @param firstSite where the earlier access is in the driver's source; null when nobody will read it
   * @param secondSite where the later one is; null when nobody will read it
   */
  public DataRace(String message, Cell cell, @Nullable String firstSite, @Nullable String secondSite) {
    super(message);
    this.cell = cell;
    this.firstSite = firstSite;
    this.secondSite = secondSite;
  }

  /** The memory raced for. */
  public Cell cell() {
    return cell;
  }

  /** Where the earlier access is, in a recorded run. */
  public @Nullable String firstSite() {
    return firstSite;
  }

  /** Where the later access is, in a recorded run. */
  public @Nullable String secondSite() {
    return secondSite;
  }
}
