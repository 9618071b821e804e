package org.cancelsafe.fidelity;

/** How a test method ended; of several invocations the worst counts, which is the later constant. */
enum Outcome {
  PASSED,
  ABORTED,
  FAILED;

  Outcome and(Outcome other) {
    return compareTo(other) < 0 ? other : this;
  }
}
