package org.cancelsafe.emu.verifier;

/**
 * Who broke a rule, and where it ran.
 *
 * @param activity the activity's name
 * @param kind what it is, as a message says it: {@code thread}, {@code DPC}
 * @param processor the number of its processor; -1 when it had none to itself
 * @param irql the name of its IRQL
 */
public record Circumstances(String activity, String kind, int processor, String irql) {
  /** In words, for the end of an explanation that may have named the IRQL already. */
  String inWords(String explanation) {
    String level = explanation.contains(irql) ? "" : " at " + irql;
    String where = processor < 0 ? "" : ", CPU " + processor;
    return kind + " \"" + activity + "\"" + level + where;
  }
}
