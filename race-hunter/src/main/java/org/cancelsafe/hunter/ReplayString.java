package org.cancelsafe.hunter;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cancelsafe.hunter.strategy.StepCodes;
import org.cancelsafe.hunter.trace.Trace;

/**
 * One schedule as a string: {@code T-3.broken:2:9c41f0aa:A2.B.A:Qx0vc4Lt}. The scenario's name, the version of the
 * format, a fingerprint of the scenario, who takes the steps: A, the first activity, two, B, the second, one, then A
 * another one; and two letters for each of the first hundred steps, by which it is recognised.
 *
 * @param scenario the scenario's name
 * @param fingerprint what the scenario does on its plainest schedule, as a hash
 * @param schedule the index of who takes each step
 * @param codes what the steps are recognised by; empty in a string of version 1
 */
public record ReplayString(String scenario, int fingerprint, int[] schedule, String codes) {
  private static final int VERSION = 2;
  private static final int WITHOUT_CODES = 1;
  private static final Pattern FORM = Pattern.compile(
          "([^:]+):([0-9]+):([0-9a-f]{8}):((?:[A-Za-z][0-9]*(?:\\.|(?=:|$)))*)(?::([A-Za-z0-9_-]*))?");
  private static final Pattern RUN = Pattern.compile("([A-Za-z])([0-9]{0,6})");
  private static final int LETTERS = 26;
  private static final int LONGEST = 1_000_000;

  /** A schedule whose steps are not known. */
  public ReplayString(String scenario, int fingerprint, int[] schedule) {
    this(scenario, fingerprint, schedule, "");
  }

  /** A string that is not one, or not one for this version or scenario. The message is one line for people. */
  public static final class Malformed extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** With this message. */
    public Malformed(String message) {
      super(message);
    }
  }

  /**
   * Reads a string.
   *
   * @throws Malformed when it is not a replay string of this version
   */
  public static ReplayString parse(String text) {
    Matcher form = FORM.matcher(text.strip());
    if (!form.matches()) {
      throw new Malformed(
          "not a replay string: '" + text + "'; one looks like NAME:2:0123abcd:A2.B.A:Qx0vc4Lt, as a hunt prints it");
    }
    int version = form.group(2).length() > 3 ? Integer.MAX_VALUE : Integer.parseInt(form.group(2));
    if (version < WITHOUT_CODES || version > VERSION) {
      throw new Malformed(
          "this replay string has format version " + form.group(2) + ", and this hunter reads version " + VERSION
              + "; hunt the scenario again");
    }
    int[] schedule = new int[16];
    int length = 0;
    Matcher run = RUN.matcher(form.group(4));
    while (run.find()) {
      int times = run.group(2).isEmpty() ? 1 : Integer.parseInt(run.group(2));
      if (times < 1 || length + times > LONGEST) {
        throw new Malformed("not a replay string: '" + run.group() + "' says " + times + " steps");
      }
      schedule = Arrays.copyOf(schedule, Math.max(schedule.length * 2, length + times));
      Arrays.fill(schedule, length, length + times, index(run.group(1).charAt(0)));
      length += times;
    }
    String codes = form.group(5) == null ? "" : form.group(5);
    if (version == VERSION && codes.length() != StepCodes.lengthFor(length)) {
      throw new Malformed(
          "not a whole replay string: '" + text + "' is of " + length + " steps, and has " + codes.length()
              + " letters to know them by instead of " + StepCodes.lengthFor(length) + "; copy all of it");
    }
    return new ReplayString(
        form.group(1), Integer.parseUnsignedInt(form.group(3), 16), Arrays.copyOf(schedule, length), codes);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int start = 0; start < schedule.length; ) {
      int end = start;
      while (end < schedule.length && schedule[end] == schedule[start]) {
        end++;
      }
      text.append(text.length() == 0 ? "" : ".").append(Trace.letter(schedule[start]));
      text.append(end - start == 1 ? "" : Integer.toString(end - start));
      start = end;
    }
    int version = codes.isEmpty() ? WITHOUT_CODES : VERSION;
    String start = scenario + ":" + version + ":" + String.format("%08x", fingerprint) + ":" + text;
    return codes.isEmpty() ? start : start + ":" + codes;
  }

  private static int index(char letter) {
    return letter <= 'Z' ? letter - 'A' : letter - 'a' + LETTERS;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ReplayString that && toString().equals(that.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }
}
