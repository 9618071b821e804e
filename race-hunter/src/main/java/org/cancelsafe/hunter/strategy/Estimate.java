package org.cancelsafe.hunter.strategy;

import java.util.Locale;

/**
 * How many there are in all, as far as a sample can tell.
 *
 * @param mean the best guess
 * @param low the lower end of the band that the truth is in, nineteen times out of twenty
 * @param high the upper end
 * @param sample how many runs it is made from
 */
public record Estimate(double mean, double low, double high, long sample) {
  private static final int SMALLEST_SAMPLE = 30;
  private static final double NINETEEN_OF_TWENTY = 1.96;
  private static final double WRITTEN_OUT = 1e9;

  /** Nothing is known. */
  public static final Estimate NONE = new Estimate(Double.NaN, Double.NaN, Double.NaN, 0);

  /** A band around the mean of so many numbers with this standard deviation. */
  static Estimate ofMean(double mean, double deviation, long sample) {
    double error = NINETEEN_OF_TWENTY * deviation / Math.sqrt(sample);
    return new Estimate(mean, Math.max(1, mean - error), mean + error, sample);
  }

  /**
   * How many kinds there are, those seen and those not, after Chao (Scandinavian Journal of Statistics 11, 1984; with
   * the correction for few, and the band, of Biometrics 43, 1987). Where many are much rarer than the others it is a lower bound.
   *
   * @param seen how many kinds were seen
   * @param once how many of them once
   * @param twice how many of them twice
   */
  static Estimate ofKinds(long seen, long once, long twice, long sample) {
    double more = twice + 1.0;
    double unseen = once * (once - 1.0) / (2 * more);
    if (unseen == 0) {
      return new Estimate(seen, seen, seen, sample);
    }
    double variance = unseen + once * Math.pow(2.0 * once - 1, 2) / (4 * more * more);
    variance +=
        twice > 0
            ? once * (double) once * twice * Math.pow(once - 1.0, 2) / (4 * Math.pow(more, 4))
            : -Math.pow(once, 4) / (4 * (seen + unseen));
    double spread = Math.exp(NINETEEN_OF_TWENTY * Math.sqrt(Math.log1p(Math.max(0, variance) / (unseen * unseen))));
    return new Estimate(seen + unseen, seen + Math.floor(unseen / spread), seen + Math.ceil(unseen * spread), sample);
  }

  /** Whether the sample is large enough to say anything. */
  public boolean isKnown() {
    return sample >= SMALLEST_SAMPLE && !Double.isNaN(mean);
  }

  /** The lower end of the band, in words. */
  public String atLeast() {
    return isKnown() ? rounded(low) : "nobody knows how many";
  }

  /** The band, in words. */
  @Override
  public String toString() {
    if (!isKnown()) {
      return "nobody knows how many";
    }
    String from = rounded(low);
    String to = rounded(high);
    return from.equals(to) ? "about " + from : from + " to " + to;
  }

  /** Two significant digits are more than an estimate is good for. */
  private static String rounded(double value) {
    double unit = Math.pow(10, Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1));
    double rounded = Math.round(value / unit) * unit;
    return rounded < WRITTEN_OUT
        ? String.format(Locale.ROOT, "%,d", Math.round(rounded))
        : String.format(Locale.ROOT, "%.0e", rounded);
  }
}
