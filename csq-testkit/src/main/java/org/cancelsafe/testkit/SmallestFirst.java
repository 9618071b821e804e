package org.cancelsafe.testkit;

import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.MethodDescriptor;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.MethodOrdererContext;

/** The first failure is what people read: it comes from a short sequence, if one shows it, and not from the hammer. */
final class SmallestFirst implements MethodOrderer {
  private static final List<String> FIRST =
      List.of(
          "makesNewQueues", "insertsAndRemovesInOrder", "removesByContext", "cancelsAnywhere", "peeksByFile",
          "cleansUp", "everyOrder");
  private static final List<String> LAST =
      List.of("isAsNewAfterUse", "isAsNewAfterUseAtOnce", "everySchedule", "survivesTheHammer");

  SmallestFirst() {}

  @Override
  public void orderMethods(MethodOrdererContext context) {
    context.getMethodDescriptors().sort(Comparator.comparing(SmallestFirst::place));
  }

  private static int place(MethodDescriptor test) {
    String name = test.getMethod().getName();
    int first = FIRST.indexOf(name);
    return first >= 0 ? first : FIRST.size() + LAST.indexOf(name) + 1;
  }
}
