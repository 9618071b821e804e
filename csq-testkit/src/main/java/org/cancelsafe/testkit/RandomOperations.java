package org.cancelsafe.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.cancelsafe.testkit.Operation.Cancel;
import org.cancelsafe.testkit.Operation.Cleanup;
import org.cancelsafe.testkit.Operation.Insert;
import org.cancelsafe.testkit.Operation.RemoveByContext;
import org.cancelsafe.testkit.Operation.RemoveNext;
import org.cancelsafe.testkit.Operation.RemoveNextOfFile;

/** Operations of one thread, of which every one has something to work on. */
final class RandomOperations {
  private static final int FILES = 3;
  private static final int PRIORITIES = 3;

  private RandomOperations() {}

  static List<Operation> sequence(Random random, int length, boolean byFile) {
    List<Operation> operations = new ArrayList<>();
    List<Integer> removable = new ArrayList<>();
    int inserts = 0;
    for (int i = 0; i < length; i++) {
      int draw = random.nextInt(10);
      if (inserts == 0 || draw < 5) {
        boolean withContext = random.nextInt(3) == 0;
        operations.add(new Insert(random.nextInt(FILES), random.nextInt(PRIORITIES), withContext));
        if (withContext) {
          removable.add(inserts);
        }
        inserts++;
      } else if (draw == 5 && !removable.isEmpty()) {
        operations.add(new RemoveByContext(removable.get(random.nextInt(removable.size()))));
      } else if (draw == 6 && byFile) {
        operations.add(new RemoveNextOfFile(random.nextInt(FILES)));
      } else if (draw == 9 && byFile && random.nextInt(4) == 0) {
        operations.add(new Cleanup(random.nextInt(FILES)));
      } else if (draw < 8) {
        operations.add(new Cancel(random.nextInt(inserts)));
      } else {
        operations.add(new RemoveNext());
      }
    }
    return operations;
  }
}
