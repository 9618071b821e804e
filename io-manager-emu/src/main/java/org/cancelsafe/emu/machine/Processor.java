package org.cancelsafe.emu.machine;

import org.jspecify.annotations.Nullable;

/** One processor of a machine. */
public final class Processor extends MachineObject {
  private final int number;
  private @Nullable Activity occupant;
  private volatile boolean attention;
  private volatile long quantumEnd;

  Processor(int number) {
    super("CPU" + number);
    this.number = number;
  }

  /** Its number, from 0. */
  public int number() {
    return number;
  }

  /** The scheduler's: which activity has this processor. */
  public @Nullable Activity occupant() {
    return occupant;
  }

  /** The scheduler's. */
  public void setOccupant(@Nullable Activity occupant) {
    this.occupant = occupant;
  }

  boolean attention() {
    return attention;
  }

  /** The live scheduler's: somebody wants this processor as soon as its IRQL lets them. */
  void setAttention(boolean attention) {
    this.attention = attention;
  }

  /** The live scheduler's: until when, by {@link System#nanoTime}, the occupant may keep it from others. */
  long quantumEnd() {
    return quantumEnd;
  }

  void setQuantumEnd(long quantumEnd) {
    this.quantumEnd = quantumEnd;
  }
}
