package org.cancelsafe.examples.textbook;

import com.google.common.collect.ImmutableList;
import java.util.List;
import org.cancelsafe.hunter.scenario.Scenario;

/** The textbook races, by number, and the canary before them. */
public final class Textbook {
  private static final ImmutableList<Scenario> SCENARIOS =
      ImmutableList.<Scenario>builder()
          .addAll(Canary.scenarios())
          .addAll(T01ArmBeforeInsert.scenarios())
          .addAll(T02NoCancelTest.scenarios())
          .addAll(T03TestCancelThenArm.scenarios())
          .addAll(T04IgnoresExchange.scenarios())
          .addAll(T08DequeueByCancelFlag.scenarios())
          .addAll(T09ExchangeAfterUnlock.scenarios())
          .addAll(T12ReturnsLastExamined.scenarios())
          .addAll(T20LockOrder.scenarios())
          .build();

  private Textbook() {}

  /** All of them. */
  public static List<Scenario> scenarios() {
    return SCENARIOS;
  }
}
