package org.cancelsafe.hunter;

/** What a hunt found out. */
public enum Verdict {
  /** There is a race, and here it is. */
  RACE("race"),
  /** Every inequivalent schedule was run, and none went wrong. */
  VERIFIED("verified"),
  /** No schedule that was run went wrong, and the budget ended before the schedules. */
  CLEAN_WITHIN_BUDGET("clean-within-budget"),
  /** The scenario could not be hunted in. */
  ERROR("error");

  private final String text;

  Verdict(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
