package org.cancelsafe.emu.ke;

/** {@code KWAIT_REASON}: what a thread waits for, for whoever debugs it. A driver says EXECUTIVE. */
public enum KWaitReason {
  /** {@code Executive}: a driver's own work. */
  EXECUTIVE,
  /** {@code FreePage}. */
  FREE_PAGE,
  /** {@code PageIn}. */
  PAGE_IN,
  /** {@code PoolAllocation}. */
  POOL_ALLOCATION,
  /** {@code DelayExecution}. */
  DELAY_EXECUTION,
  /** {@code Suspended}. */
  SUSPENDED,
  /** {@code UserRequest}: work for a user's thread. */
  USER_REQUEST
}
