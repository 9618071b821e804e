package org.cancelsafe.hunter.strategy;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Lets another strategy choose, and keeps two letters for each step that is taken, or compares them: a replay that
 * takes other steps than the recorded run is found out at the first of them, but for one in 4096.
 */
public final class StepCodes implements Strategy {
  /** How many steps have a code; strings are to stay short. */
  public static final int MOST = 100;

  private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  private static final int LETTERS_PER_STEP = 2;
  private static final Pattern IDENTITY = Pattern.compile("@[0-9a-f]+");

  private final Strategy strategy;
  private final String expected;
  private final StringBuilder codes = new StringBuilder();
  private final Set<String> met = new LinkedHashSet<>();
  private int steps;
  private int differsAt;
  private int activity;
  private String found = "";

  private StepCodes(Strategy strategy, String expected) {
    this.strategy = strategy;
    this.expected = expected;
  }

  /** Keeps the codes of this strategy's next run. */
  public static StepCodes recording(Strategy strategy) {
    return new StepCodes(strategy, "");
  }

  /** Compares the steps of this strategy's next run with these codes. */
  public static StepCodes checking(Strategy strategy, String codes) {
    return new StepCodes(strategy, codes);
  }

  /** How long the codes of a schedule of so many steps are. */
  public static int lengthFor(int steps) {
    return LETTERS_PER_STEP * Math.min(steps, MOST);
  }

  /** The code of a step. What a model's object is called for want of a name is another in every run. */
  public static String codeOf(String step) {
    int hash = (int) (ClassHash.mix(IDENTITY.matcher(step).replaceAll("@").hashCode()) >>> 52);
    return "" + LETTERS.charAt(hash >>> 6) + LETTERS.charAt(hash & 63);
  }

  @Override
  public boolean nextRun() {
    return strategy.nextRun();
  }

  @Override
  public int choose(Choice choice) {
    for (int other = 0; other < choice.activities(); other++) {
      if ((choice.unfinished() & (1L << other)) != 0) {
        met.add(choice.describe(other));
      }
    }
    int next = strategy.choose(choice);
    if (next != PRUNE) {
      take(next, choice.describe(next));
    }
    return next;
  }

  private void take(int next, String step) {
    String code = codeOf(step);
    int place = steps++ * LETTERS_PER_STEP;
    if (steps <= MOST) {
      codes.append(code);
    }
    boolean known = place + LETTERS_PER_STEP <= expected.length();
    if (known && differsAt == 0 && !expected.startsWith(code, place)) {
      differsAt = steps;
      activity = next;
      found = step;
    }
  }

  /** The codes of the steps taken. */
  public String codes() {
    return codes.toString();
  }

  /** The number of the first step that is not what it was; 0 when there is none. */
  public int differsAt() {
    return differsAt;
  }

  /** Who takes that step. */
  public int activity() {
    return activity;
  }

  /** What that step is now. */
  public String found() {
    return found;
  }

  /** The code that it had. */
  public String expected() {
    int place = (differsAt - 1) * LETTERS_PER_STEP;
    return expected.substring(place, place + LETTERS_PER_STEP);
  }

  /** Every step that somebody could have taken next at some time. */
  public Set<String> met() {
    return met;
  }

  @Override
  public boolean isExhaustive() {
    return strategy.isExhaustive();
  }
}
