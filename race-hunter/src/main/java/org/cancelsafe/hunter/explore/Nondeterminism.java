package org.cancelsafe.hunter.explore;

/** The same schedule did something else when it was run again: no verdict would be worth anything. */
final class Nondeterminism extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private static final String ADVICE =
      "; model code may depend on nothing but its machine: no clock, no object kept from one run to the next, no order"
          + " of identity hashes, no thread of its own";

  Nondeterminism(String what) {
    super("the scenario is not deterministic: " + what + ADVICE);
  }
}
