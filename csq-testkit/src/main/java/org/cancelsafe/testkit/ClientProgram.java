package org.cancelsafe.testkit;

import com.google.common.collect.ImmutableList;
import java.util.List;
import org.cancelsafe.testkit.Operation.Cancel;
import org.cancelsafe.testkit.Operation.Insert;
import org.cancelsafe.testkit.Operation.RemoveByContext;

/**
 * What the clients of a queue do: each thread its operations, one after the other, and all threads at once. The inserts
 * are numbered from 0, those of the first thread first.
 *
 * @param threads the operations of each thread
 */
public record ClientProgram(ImmutableList<ImmutableList<Operation>> threads) {
  private static final int MOST_SHOWN = 40;
  private static final int SHOWN_AT_THE_END = 20;

  /**
   * Checks that the operations fit together.
   *
   * @throws IllegalArgumentException when one refers to an insert that is not there, or has no context to remove it by
   */
  public ClientProgram {
    List<Insert> inserts = insertsOf(threads);
    for (List<Operation> thread : threads) {
      for (Operation operation : thread) {
        int last = inserts.size() - 1;
        if (operation instanceof Cancel cancel && (cancel.insert() < 0 || cancel.insert() > last)) {
          throw new IllegalArgumentException(operation + ": the inserts are numbered 0 to " + last);
        }
        if (operation instanceof RemoveByContext remove
            && (remove.insert() < 0 || remove.insert() > last || !inserts.get(remove.insert()).withContext())) {
          throw new IllegalArgumentException(operation + ": there is no such insert with a context");
        }
      }
    }
  }

  /** The inserts, by number. */
  public List<Insert> inserts() {
    return insertsOf(threads);
  }

  private static List<Insert> insertsOf(ImmutableList<ImmutableList<Operation>> threads) {
    return threads.stream()
        .flatMap(List::stream)
        .filter(Insert.class::isInstance)
        .map(Insert.class::cast)
        .collect(ImmutableList.toImmutableList());
  }

  /** One line for each thread; of a very long one the beginning and the end. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    int insert = 0;
    for (int thread = 0; thread < threads.size(); thread++) {
      text.append(thread == 0 ? "" : "\n").append("client ").append(thread).append(':');
      int left = threads.get(thread).size();
      int skipped = left > MOST_SHOWN ? left - MOST_SHOWN : 0;
      for (Operation operation : threads.get(thread)) {
        String number = operation instanceof Insert ? "#" + insert++ + " = " : "";
        if (left <= SHOWN_AT_THE_END || left > SHOWN_AT_THE_END + skipped) {
          text.append("  ").append(number).append(operation);
        } else if (left == SHOWN_AT_THE_END + skipped) {
          text.append("  (").append(skipped).append(" more)");
        }
        left--;
      }
    }
    return text.toString();
  }
}
