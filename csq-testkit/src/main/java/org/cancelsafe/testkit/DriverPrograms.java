package org.cancelsafe.testkit;

import com.google.common.collect.Collections2;
import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.stream.Stream;
import org.cancelsafe.testkit.DriverOperation.Cancel;
import org.cancelsafe.testkit.DriverOperation.Cleanup;
import org.cancelsafe.testkit.DriverOperation.Send;
import org.cancelsafe.testkit.DriverOperation.Serve;
import org.cancelsafe.testkit.DriverOperation.Unload;

/** The programs that drivers are tried with. */
final class DriverPrograms {
  private static final List<DriverOperation> TWO_SENT = List.of(new Send(0), new Send(1));

  private static final List<DriverOperation> THREE_SENT = List.of(new Send(0), new Send(1), new Send(0));

  private DriverPrograms() {}

  /** Two requests and whatever else can happen, in every order; no file is used after its cleanup. */
  static Stream<List<DriverOperation>> orders(DriverContract contract) {
    ImmutableList.Builder<DriverOperation> operations = ImmutableList.builder();
    operations.add(new Send(0), new Send(1), new Cancel(0), new Serve());
    if (contract.cleansUp()) {
      operations.add(new Cleanup(1));
    }
    if (contract.unloads()) {
      operations.add(new Unload());
    }
    return Collections2.permutations(operations.build()).stream()
        .filter(order -> order.indexOf(new Send(0)) < order.indexOf(new Send(1)))
        .filter(order -> !contract.cleansUp() || order.indexOf(new Send(1)) < order.indexOf(new Cleanup(1)))
        .map(List::copyOf);
  }

  /** Any two of what can happen to two requests at once, and some threes. */
  static Stream<DriverProgram> races(DriverContract contract) {
    Stream<DriverProgram> all =
        Stream.of(
            racing(new Cancel(0), new Serve()),
            racing(new Cancel(1), new Serve()),
            DriverProgram.racing(THREE_SENT, new Cancel(1), new Serve()),
            racing(new Cancel(0), new Cancel(1)),
            racing(new Cancel(0), new Cancel(0)),
            racing(new Serve(), new Serve()),
            racing(new Cancel(0), new Cleanup(0)),
            racing(new Cancel(0), new Cleanup(1)),
            racing(new Serve(), new Cleanup(0)),
            racing(new Cancel(0), new Unload()),
            racing(new Serve(), new Unload()),
            racing(new Cleanup(0), new Unload()),
            racing(new Send(1), new Unload()),
            racing(new Send(1), new Serve()),
            racing(new Send(0), new Cleanup(0)),
            DriverProgram.racing(List.of(), new Send(0), new Cancel(0)),
            DriverProgram.racing(List.of(), new Send(0), new Unload()),
            DriverProgram.racing(List.of(), new Send(0), new Cancel(0), new Serve()),
            DriverProgram.racing(List.of(), new Send(0), new Cancel(0), new Unload()),
            DriverProgram.racing(List.of(new Send(0)), new Cancel(0), new Serve(), new Cleanup(0)));
    return all.filter(
        program ->
            program.threads().stream()
                .flatMap(List::stream)
                .allMatch(
                    operation ->
                        operation instanceof Cleanup
                            ? contract.cleansUp()
                            : !(operation instanceof Unload) || contract.unloads()));
  }

  private static DriverProgram racing(DriverOperation... atOnce) {
    return DriverProgram.racing(TWO_SENT, atOnce);
  }
}
