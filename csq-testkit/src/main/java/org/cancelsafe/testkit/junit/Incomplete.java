package org.cancelsafe.testkit.junit;

/**
 * What a test makes of the verdict {@code clean-within-budget}: no schedule that was run went wrong, and not every one
 * was run. A test that passes is read as "there is no race", which nobody has shown, so it fails unless its author says
 * otherwise; only a strategy that draws its schedules, or runs live, was not meant to be complete. The report says in
 * words how far the hunt came, whatever is chosen here.
 */
public enum Incomplete {
  /** The test fails, and says what would make it complete. */
  FAIL,
  /** The test is aborted: neither passed nor failed. */
  ABORT,
  /** The test passes, and a report entry says that it is not complete. */
  PASS
}
