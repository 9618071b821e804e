package org.cancelsafe.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Predicate;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What the arbitrary programs are like, and how they shrink. */
class ClientProgramsProperties {
  @Provide
  Arbitrary<ClientProgram> programs() {
    return ClientPrograms.any();
  }

  @Property(tries = 500)
  void areOfALimitedSize(@ForAll("programs") ClientProgram program) {
    assertTrue(program.threads().size() <= 4);
    assertTrue(program.threads().stream().allMatch(operations -> operations.size() <= 8));
  }

  @Example
  void shrinkToTheOperationsThatMatter() {
    assertEquals(
        "client 0:  #0 = insert(file 0, priority 0)\nclient 1:  cancel(#0)",
        shrunk(ClientProgramsProperties::insertsHereAndCancelsThere).toString());
  }

  private static boolean insertsHereAndCancelsThere(ClientProgram program) {
    return IntStream.range(1, program.threads().size())
        .anyMatch(
            thread ->
                has(program, thread - 1, Operation.Insert.class) && has(program, thread, Operation.Cancel.class));
  }

  private static boolean has(ClientProgram program, int thread, Class<? extends Operation> type) {
    return program.threads().get(thread).stream().anyMatch(type::isInstance);
  }

  /** Takes a large program that fails, then the first smaller one that fails, until there is none. */
  private static ClientProgram shrunk(Predicate<ClientProgram> fails) {
    boolean[] large = new boolean[1];
    return Shrunk.of(
        ClientPrograms.any(),
        program -> {
          large[0] |= program.toString().length() >= 400 && fails.test(program);
          return large[0] && fails.test(program);
        });
  }
}
