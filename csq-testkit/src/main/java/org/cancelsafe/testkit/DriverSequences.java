package org.cancelsafe.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.cancelsafe.testkit.DriverOperation.Cancel;
import org.cancelsafe.testkit.DriverOperation.Cleanup;
import org.cancelsafe.testkit.DriverOperation.Send;
import org.cancelsafe.testkit.DriverOperation.Serve;
import org.cancelsafe.testkit.DriverOperation.Unload;

/** Longer sequences of what can happen to a driver: with more requests pending, and several of a file. */
final class DriverSequences {
  private static final int RANDOM = 120;
  private static final int LONGEST = 24;
  private static final int FILES = 3;
  private static final int MANY = 40;

  private final boolean cleansUp;
  private final boolean unloads;

  DriverSequences(DriverContract contract) {
    this.cleansUp = contract.cleansUp();
    this.unloads = contract.unloads();
  }

  Stream<List<DriverOperation>> all() {
    Random random = new Random(1);
    return Stream.concat(
        Stream.of(many(new Serve()), many(new Cancel(MANY / 2)), many(new Cleanup(1)), many(new Unload())),
        IntStream.range(0, RANDOM).mapToObj(i -> any(random)))
        .filter(this::fits);
  }

  private boolean fits(List<DriverOperation> operations) {
    return operations.stream()
        .allMatch(
            operation -> (cleansUp || !(operation instanceof Cleanup)) && (unloads || !(operation instanceof Unload)));
  }

  private static List<DriverOperation> many(DriverOperation then) {
    List<DriverOperation> operations = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      operations.add(new Send(i % FILES));
    }
    operations.add(then);
    return operations;
  }

  /** No file is used after its cleanup; after an unload there is one more request. */
  private List<DriverOperation> any(Random random) {
    List<DriverOperation> operations = new ArrayList<>();
    List<Integer> open = new ArrayList<>(List.of(0, 1, 2));
    int sends = 0;
    int length = 4 + random.nextInt(LONGEST);
    for (int i = 0; i < length; i++) {
      int draw = random.nextInt(12);
      if (draw < 6 || sends == 0) {
        operations.add(new Send(open.get(random.nextInt(open.size()))));
        sends++;
      } else if (draw < 8) {
        operations.add(new Cancel(random.nextInt(sends)));
      } else if (draw == 8 && cleansUp && open.size() > 1) {
        operations.add(new Cleanup(open.remove(random.nextInt(open.size()))));
      } else {
        operations.add(new Serve());
      }
    }
    if (unloads && random.nextInt(3) == 0) {
      operations.add(new Unload());
      operations.add(new Send(open.get(0)));
    }
    return operations;
  }
}
