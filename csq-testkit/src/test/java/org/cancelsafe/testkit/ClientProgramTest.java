package org.cancelsafe.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.common.collect.ImmutableList;
import org.cancelsafe.testkit.Operation.Cancel;
import org.cancelsafe.testkit.Operation.Insert;
import org.cancelsafe.testkit.Operation.RemoveByContext;
import org.cancelsafe.testkit.Operation.RemoveNext;
import org.cancelsafe.testkit.Operation.RemoveNextOfFile;
import org.junit.jupiter.api.Test;

class ClientProgramTest {
  private static ClientProgram of(Operation... operations) {
    return new ClientProgram(ImmutableList.of(ImmutableList.copyOf(operations)));
  }

  @Test
  void readsAsOneLineForEachThread() {
    ClientProgram program =
        new ClientProgram(
            ImmutableList.of(
                ImmutableList.of(new Insert(1, 0, false), new RemoveNext()),
                ImmutableList.of(
                    new Cancel(0), new Insert(0, 2, true), new RemoveByContext(1), new RemoveNextOfFile(1),
                    new Operation.Cleanup(0))));
    assertEquals(
        """
        client 0:  #0 = insert(file 1, priority 0)  removeNext()
        client 1:  cancel(#0)  #1 = insert(file 0, priority 2, with context)  remove(#1)  removeNext(file 1)  \
        cleanup(file 0)""",
        program.toString());
  }

  @Test
  void whatItRefersToIsThere() {
    Insert plain = new Insert(0, 0, false);
    assertThrows(IllegalArgumentException.class, () -> of(new Cancel(0)));
    assertThrows(IllegalArgumentException.class, () -> of(plain, new Cancel(1)));
    assertThrows(IllegalArgumentException.class, () -> of(plain, new Cancel(-1)));
    assertThrows(IllegalArgumentException.class, () -> of(plain, new RemoveByContext(0)));
    assertThrows(IllegalArgumentException.class, () -> of(plain, new RemoveByContext(1)));
  }
}
