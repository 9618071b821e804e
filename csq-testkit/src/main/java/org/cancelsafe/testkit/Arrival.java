package org.cancelsafe.testkit;

/** Which of two requests was inserted first, as far as one knows. */
enum Arrival {
  /** The one that is asked about. */
  FIRST,
  /** The other one. */
  LAST,
  /** Two clients did it at once. */
  UNKNOWN;

  static Arrival of(Request request, Request other) {
    return request.insertedBefore(other) ? FIRST : other.insertedBefore(request) ? LAST : UNKNOWN;
  }
}
