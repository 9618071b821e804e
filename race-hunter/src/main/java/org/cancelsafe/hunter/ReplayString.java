package org.cancelsafe.hunter;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cancelsafe.hunter.trace.Trace;

/**
 * One schedule as a string: {@code T-3.broken:1:9c41f0aa:A4.B7.A3}. The scenario's name, the version of the format, a
 * fingerprint of the scenario, and who takes the steps: A the first activity four times, B the second seven times.
 *
 * @param scenario the scenario's name
 * @param fingerprint what the scenario does on its plainest schedule, as a hash
 * @param schedule the index of who takes each step
 */
public record ReplayString(String scenario, int fingerprint, int[] schedule) {
  private static final int VERSION = 1;
  private static final Pattern FORM = Pattern.compile("([^:]+):([0-9]+):([0-9a-f]{8}):((?:[A-Za-z][0-9]*(?:\\.|$))*)");
  private static final Pattern RUN = Pattern.compile("([A-Za-z])([0-9]{0,6})");
  private static final int LETTERS = 26;
  private static final int LONGEST = 1_000_000;

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
          "not a replay string: '" + text + "'; one looks like NAME:1:0123abcd:A4.B7.A3, as a hunt prints it");
    }
    if (!form.group(2).equals(Integer.toString(VERSION))) {
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
    return new ReplayString(
        form.group(1), Integer.parseUnsignedInt(form.group(3), 16), Arrays.copyOf(schedule, length));
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
    return scenario + ":" + VERSION + ":" + String.format("%08x", fingerprint) + ":" + text;
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
