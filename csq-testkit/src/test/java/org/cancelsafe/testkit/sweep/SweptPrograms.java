package org.cancelsafe.testkit.sweep;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cancelsafe.testkit.ClientProgram;
import org.cancelsafe.testkit.Operation;

/**
 * Every client program within bounds, up to symmetry: threads have no order, and the two IRPs, called a and b here, can
 * change places. An operation is a letter, and the letter of its IRP: {@code ia} inserts, {@code wa} inserts with a
 * context, {@code xa} removes by that context, {@code ka} cancels, {@code n-} removes the next, {@code c-} cleans up.
 */
final class SweptPrograms {
  private static final List<String> OPERATIONS = List.of("ia", "wa", "xa", "ka", "ib", "wb", "xb", "kb", "n-", "c-");

  private SweptPrograms() {}

  /** Programs of 1 to so many threads of 1 to so many operations each, those with fewer operations first. */
  static List<ClientProgram> upTo(int threads, int operations, int irps) {
    List<String> sequences = sequences(operations, irps);
    List<List<String>> all = new ArrayList<>();
    choose(sequences, 0, threads, new ArrayList<>(), all);
    all.sort(Comparator.comparing(program -> String.join("", program).length()));
    return all.stream().map(SweptPrograms::program).collect(ImmutableList.toImmutableList());
  }

  private static List<String> sequences(int operations, int irps) {
    List<String> all = new ArrayList<>();
    List<String> longest = List.of("");
    for (int length = 1; length <= operations; length++) {
      List<String> longer = new ArrayList<>();
      for (String sequence : longest) {
        OPERATIONS.stream()
            .filter(name -> irps > 1 || !name.endsWith("b"))
            .forEach(name -> longer.add(sequence + name));
      }
      all.addAll(longer);
      longest = longer;
    }
    Collections.sort(all);
    return all;
  }

  private static void choose(
      List<String> sequences, int from, int threads, List<String> chosen, List<List<String>> all) {
    String text = String.join("", chosen);
    if (insertsTwice(text, 'a') || insertsTwice(text, 'b')) {
      return;
    }
    if (!chosen.isEmpty() && isSound(text) && isFirstOfItsKind(chosen)) {
      all.add(List.copyOf(chosen));
    }
    if (chosen.size() < threads) {
      for (int i = from; i < sequences.size(); i++) {
        chosen.add(sequences.get(i));
        choose(sequences, i, threads, chosen, all);
        chosen.remove(chosen.size() - 1);
      }
    }
  }

  private static boolean insertsTwice(String text, char irp) {
    return count(text, "i" + irp) + count(text, "w" + irp) > 1;
  }

  private static int count(String text, String operation) {
    int count = 0;
    for (int at = 0; at < text.length(); at += 2) {
      count += text.startsWith(operation, at) ? 1 : 0;
    }
    return count;
  }

  /** Whoever is cancelled or removed is inserted somewhere, with a context where that is asked for. */
  private static boolean isSound(String text) {
    for (String irp : List.of("a", "b")) {
      boolean withContext = count(text, "w" + irp) > 0;
      boolean inserted = withContext || count(text, "i" + irp) > 0;
      if (!inserted && count(text, "k" + irp) > 0 || !withContext && count(text, "x" + irp) > 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isFirstOfItsKind(List<String> chosen) {
    List<String> swapped = new ArrayList<>();
    chosen.forEach(thread -> swapped.add(thread.replace('a', '?').replace('b', 'a').replace('?', 'b')));
    Collections.sort(swapped);
    return String.join(" ", chosen).compareTo(String.join(" ", swapped)) <= 0;
  }

  private static ClientProgram program(List<String> threads) {
    Map<Character, Integer> numbers = new HashMap<>();
    String text = String.join("", threads);
    for (int at = 0; at < text.length(); at += 2) {
      if (text.charAt(at) == 'i' || text.charAt(at) == 'w') {
        numbers.put(text.charAt(at + 1), numbers.size());
      }
    }
    return new ClientProgram(
        threads.stream().map(thread -> operations(thread, numbers)).collect(ImmutableList.toImmutableList()));
  }

  private static ImmutableList<Operation> operations(String thread, Map<Character, Integer> numbers) {
    ImmutableList.Builder<Operation> operations = ImmutableList.builder();
    for (int at = 0; at < thread.length(); at += 2) {
      int irp = numbers.getOrDefault(thread.charAt(at + 1), 0);
      operations.add(
          switch (thread.charAt(at)) {
            case 'i' -> new Operation.Insert(0, 0, false);
            case 'w' -> new Operation.Insert(0, 0, true);
            case 'x' -> new Operation.RemoveByContext(irp);
            case 'k' -> new Operation.Cancel(irp);
            case 'n' -> new Operation.RemoveNext();
            default -> new Operation.Cleanup(0);
          });
    }
    return operations.build();
  }
}
