package org.cancelsafe.hunter.trace;

import java.util.List;

/**
 * How things are after a step.
 *
 * @param irqls the IRQL of each activity
 * @param occupants who has each processor to himself, by the processor's number; {@link #NOBODY} where nobody has
 * @param objects the state of each object that has appeared so far
 */
public record MachineState(List<Integer> irqls, List<Integer> occupants, List<String> objects) {
  /** No activity. */
  public static final int NOBODY = -1;

  /** The state of this object, and nothing while it has not appeared. */
  String object(int index) {
    return index < objects.size() ? objects.get(index) : "";
  }

  /** A processor's IRQL and the letter of who has it; {@code 0} while threads below DISPATCH_LEVEL share it. */
  public String processor(int number) {
    int occupant = number < occupants.size() ? occupants.get(number) : NOBODY;
    return occupant < 0 || occupant >= irqls.size() ? "0" : Trace.letter(occupant) + irqls.get(occupant);
  }
}
