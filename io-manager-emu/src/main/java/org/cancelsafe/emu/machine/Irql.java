package org.cancelsafe.emu.machine;

/**
 * Interrupt request levels, numbered as on x64. What runs at one level can be interrupted on its processor only by
 * what runs at a higher one.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/managing-hardware-priorities">Managing
 *     hardware priorities</a>
 */
public enum Irql {
  /** Threads run here; everything may interrupt. */
  PASSIVE_LEVEL,
  /** Asynchronous procedure calls are masked. */
  APC_LEVEL,
  /** The scheduler is masked: DPCs run here, and whoever holds an executive spin lock. */
  DISPATCH_LEVEL,
  /** A device level. */
  DIRQL_3,
  /** A device level. */
  DIRQL_4,
  /** A device level. */
  DIRQL_5,
  /** A device level. */
  DIRQL_6,
  /** A device level. */
  DIRQL_7,
  /** A device level. */
  DIRQL_8,
  /** A device level. */
  DIRQL_9,
  /** A device level. */
  DIRQL_10,
  /** A device level. */
  DIRQL_11,
  /** A device level. */
  DIRQL_12,
  /** The clock interrupt. */
  CLOCK_LEVEL,
  /** Inter-processor interrupts and power failure. */
  IPI_LEVEL,
  /** Everything is masked. */
  HIGH_LEVEL;

  /** PASSIVE_LEVEL by its other name. */
  public static final Irql LOW_LEVEL = PASSIVE_LEVEL;

  /** Corrected machine checks: among the device levels. */
  public static final Irql CMCI_LEVEL = DIRQL_5;

  /** Power failure: IPI_LEVEL by another name. */
  public static final Irql POWER_LEVEL = IPI_LEVEL;

  /** IPI_LEVEL by another name. */
  public static final Irql DRS_LEVEL = IPI_LEVEL;

  /** Profiling: HIGH_LEVEL by another name. */
  public static final Irql PROFILE_LEVEL = HIGH_LEVEL;

  static final int DISPATCH = DISPATCH_LEVEL.ordinal();

  private static final int HIGHEST = 15;
  private static final Irql[] LEVELS = values();

  /**
   * The level with this number.
   *
   * @throws IllegalArgumentException for a number that is no {@code KIRQL}
   */
  public static Irql of(int level) {
    if (level < 0 || level > HIGHEST) {
      throw new IllegalArgumentException("an IRQL is 0 to " + HIGHEST + ", not " + level);
    }
    return known(level);
  }

  /** The level with this number, which is one. */
  static Irql known(int level) {
    return level == 0 ? PASSIVE_LEVEL : LEVELS[level & HIGHEST];
  }

  /** The level as the number a {@code KIRQL} holds, 0 to 15. */
  public int level() {
    return ordinal();
  }

  /** Whether this level is lower than the other. */
  public boolean isBelow(Irql other) {
    return ordinal() < other.ordinal();
  }

  /** Whether this level is higher than the other. */
  public boolean isAbove(Irql other) {
    return ordinal() > other.ordinal();
  }

  /** Whether whoever runs at this level owns its processor: the scheduler is masked. */
  public boolean ownsProcessor() {
    return ordinal() >= DISPATCH_LEVEL.ordinal();
  }
}
