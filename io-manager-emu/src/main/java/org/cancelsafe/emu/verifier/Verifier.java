package org.cancelsafe.emu.verifier;

/**
 * How much a machine checks. Each set holds the rules of the one before it and more; {@link #checks} tells which.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/devtest/driver-verifier">Driver Verifier</a>
 */
public enum Verifier {
  /** Only what the kernel itself would stop for, under the bug check that the kernel itself has for it. */
  OFF,
  /** Driver Verifier's checks too: I/O verification, deadlock detection, and the rules of DDI compliance checking. */
  STANDARD,
  /** Everything: the rules that Static Driver Verifier alone has, and the guidelines that can only be measured, too. */
  EVERYTHING;

  /** Whether a machine that checks this much holds its drivers to the rule. */
  public boolean checks(Rule rule) {
    return compareTo(rule.checkedFrom()) >= 0;
  }
}
