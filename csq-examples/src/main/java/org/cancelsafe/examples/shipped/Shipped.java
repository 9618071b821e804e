package org.cancelsafe.examples.shipped;

import com.google.common.collect.ImmutableList;
import java.util.List;
import org.cancelsafe.hunter.scenario.Scenario;

/** Every scenario of this package. */
public final class Shipped {
  private Shipped() {}

  /** All of them, by number. */
  public static List<Scenario> scenarios() {
    return ImmutableList.<Scenario>builder()
        .addAll(B6.scenarios())
        .addAll(B9.scenarios())
        .addAll(B28.scenarios())
        .addAll(B45.scenarios())
        .addAll(B50.scenarios())
        .build();
  }
}
