package org.cancelsafe.emu.machine;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.BugCheckCode;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.emu.verifier.Verifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pageable memory is touched below DISPATCH_LEVEL only. */
class PagedMemoryTest {
  @ParameterizedTest
  @EnumSource
  void aReadUnderASpinLockStopsTheMachine(Verifier verifier) {
    BugCheck bugCheck =
        stopsWith(
            Rule.PAGED_MEMORY,
            Machine.live().verifier(verifier),
            machine -> {
              Shared<String> name = Shared.paged("name", "a");
              new KSpinLock("L").acquire();
              name.get();
            });
    assertEquals(BugCheckCode.DRIVER_IRQL_NOT_LESS_OR_EQUAL, bugCheck.code());
    assertEquals(List.of(2, 0), bugCheck.parameters().subList(1, 3));
  }

  @Test
  void aWriteStopsItToo() {
    BugCheck bugCheck =
        stopsWith(
            Rule.PAGED_MEMORY,
            machine -> {
              Ke.raiseIrql(Irql.DIRQL_5);
              Shared.paged("name", "a").set("b");
            });
    assertEquals(List.of(5, 1), bugCheck.parameters().subList(1, 3));
    assertEquals("write of paged name at DIRQL_5", bugCheck.explanation());
  }

  @Test
  void belowDispatchLevelItIsMemoryLikeAnyOther() {
    onMachine(
        machine -> {
          Shared<String> name = Shared.paged("name", "a");
          Irql old = Ke.raiseIrql(Irql.APC_LEVEL);
          name.set("b");
          assertEquals("b", name.get());
          Ke.lowerIrql(old);
        });
  }

  @Test
  void whatIsNotPagedMayBeTouchedAtAnyLevel() {
    onMachine(
        machine -> {
          Irql old = Ke.raiseIrql(Irql.HIGH_LEVEL);
          new Shared<>("n", 1).set(2);
          Ke.lowerIrql(old);
        });
  }
}
