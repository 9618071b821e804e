package org.cancelsafe.hunter;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cancelsafe.hunter.strategy.Pct;
import org.cancelsafe.hunter.strategy.Pos;
import org.cancelsafe.hunter.strategy.Sampler;
import org.cancelsafe.hunter.strategy.UniformRandom;

/**
 * How a hunt goes through the schedules.
 *
 * @param kind the search
 * @param depth of a bug that PCT looks for; 0 for the others
 */
public record Approach(Kind kind, int depth) {
  private static final Pattern FORM = Pattern.compile("(auto|dpor|dfs|pct|pos|random)(?::([1-9][0-9]?))?");
  private static final int USUAL_DEPTH = 3;

  /** A search. */
  public enum Kind {
    /** Schedules with few preemptions first, then source-DPOR, then, when that takes too long, POS. */
    AUTO,
    /** Source-DPOR: every inequivalent schedule. */
    DPOR,
    /** Depth first: every schedule. */
    DFS,
    /** Probabilistic concurrency testing. */
    PCT,
    /** Partial order sampling. */
    POS,
    /** Uniform choice at every step. */
    RANDOM
  }

  /** What is best when nothing is known of a scenario. */
  public static final Approach AUTO = new Approach(Kind.AUTO, 0);

  /**
   * Reads {@code auto}, {@code dpor}, {@code dfs}, {@code pct:3}, {@code pos} or {@code random}.
   *
   * @throws IllegalArgumentException when it is none of them; the message is one line for people
   */
  public static Approach parse(String text) {
    Matcher form = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
    boolean pct = form.matches() && form.group(1).equals("pct");
    if (!form.matches() || !pct && form.group(2) != null) {
      throw new IllegalArgumentException(
          "no strategy is called '" + text + "'; there are auto, dpor, dfs, pct:DEPTH, pos and random");
    }
    Kind kind = Kind.valueOf(form.group(1).toUpperCase(Locale.ROOT));
    return new Approach(kind, !pct ? 0 : form.group(2) == null ? USUAL_DEPTH : Integer.parseInt(form.group(2)));
  }

  /** Whether it draws schedules at random. */
  boolean isRandom() {
    return kind == Kind.PCT || kind == Kind.POS || kind == Kind.RANDOM;
  }

  Sampler sampler(long seed) {
    return switch (kind) {
      case PCT -> new Pct(depth, seed);
      case POS -> new Pos(seed);
      case RANDOM -> new UniformRandom(seed);
      case AUTO, DPOR, DFS -> throw new IllegalStateException(this + " draws nothing at random");
    };
  }

  @Override
  public String toString() {
    return kind.name().toLowerCase(Locale.ROOT) + (kind == Kind.PCT ? ":" + depth : "");
  }
}
