package org.cancelsafe.testkit;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.stream.Stream;
import org.cancelsafe.testkit.DriverOperation.Send;

/**
 * What happens to a driver: each thread its operations, one after the other, and all threads at once.
 *
 * @param threads the operations of each thread; those of the first are done with before the others begin
 */
record DriverProgram(ImmutableList<ImmutableList<DriverOperation>> threads) {
  /** These operations one after the other. */
  static DriverProgram inSequence(List<DriverOperation> operations) {
    return new DriverProgram(ImmutableList.of(ImmutableList.copyOf(operations)));
  }

  /** First these operations one after the other, then those at once. */
  static DriverProgram racing(List<DriverOperation> before, DriverOperation... atOnce) {
    return new DriverProgram(
        ImmutableList.<ImmutableList<DriverOperation>>builder()
            .add(ImmutableList.copyOf(before))
            .addAll(Stream.of(atOnce).map(ImmutableList::of).toList())
            .build());
  }

  List<Send> sends() {
    return threads.stream().flatMap(List::stream).filter(Send.class::isInstance).map(Send.class::cast).toList();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    int send = 0;
    for (int thread = 0; thread < threads.size(); thread++) {
      text.append(thread == 0 ? "first:   " : "\nat once:");
      for (DriverOperation operation : threads.get(thread)) {
        text.append(' ').append(operation instanceof Send ? "#" + send++ + " = " : "").append(operation).append(' ');
      }
    }
    return text.toString().replaceAll(" +(?=\n|$)", "");
  }
}
