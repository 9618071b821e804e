package org.cancelsafe.hunter.strategy;

/** What a bounded search counts. */
public enum SwitchCost {
  /** Only switches away from somebody who could have gone on: CHESS's preemptions. */
  PREEMPTIONS {
    @Override
    public int of(int last, int next, long enabled) {
      return last >= 0 && next != last && (enabled & (1L << last)) != 0 ? 1 : 0;
    }
  },
  /** Every change of activity, also when the last one waits or has ended. */
  CONTEXT_SWITCHES {
    @Override
    public int of(int last, int next, long enabled) {
      return last >= 0 && next != last ? 1 : 0;
    }
  };

  /** The cost of this step: 0 or 1. */
  public abstract int of(int last, int next, long enabled);
}
