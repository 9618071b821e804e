package org.cancelsafe.examples.systems;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.ex.Ex;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KInterrupt;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** A list that an interrupt service routine fills and a DPC empties. */
@AutoService(CatalogueEntry.class)
public final class PriorityInversion implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("priority-inversion", Family.DESIGNS, "A list shared by an ISR and a DPC")
        .text(
            """
            An interrupt service routine puts what has come into a list, and a DPC takes it out. Under an ordinary
            spin lock that hangs: the DPC holds it at DISPATCH_LEVEL, the interrupt takes the processor, and its
            routine spins for a lock whose owner stands still below it. The interlocked list routines mask
            interrupts while they have the lock. And one lock cannot serve both ways.""")
        .mistake(SpinLockedList.class)
        .mistake(LockUsedBothWays.class)
        .correction(InterlockedList.class);
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("priority-inversion.broken")
            .about("the ISR spins for a lock that the DPC below it holds")
            .expectingRace("PriorityInversion")
            .processors(1)
            .model(machine -> run(machine, new SpinLockedList())),
        Scenario.named("priority-inversion.broken-mixed")
            .about("a list's lock is acquired with KeAcquireSpinLock too")
            .expectingRace("InterlockedListLock")
            .processors(1)
            .model(machine -> run(machine, new LockUsedBothWays())),
        Scenario.named("priority-inversion.fixed")
            .about("ISR and DPC use interlocked list routines, one processor")
            .processors(1)
            .model(machine -> run(machine, new InterlockedList())),
        Scenario.named("priority-inversion.fixed-two-processors")
            .about("ISR and DPC use interlocked list routines, two processors")
            .processors(2)
            .model(machine -> run(machine, new InterlockedList())));
  }

  /** What the two routines do with their list. */
  private abstract static class SharedList {
    final ListEntry list = new ListEntry("list");
    final KSpinLock lock = new KSpinLock("lock");

    abstract void isrInserts(ListEntry entry);

    abstract void dpcRemoves();
  }

  private static class InterlockedList extends SharedList {
    @Override
    void isrInserts(ListEntry entry) {
      Ex.interlockedInsertTailList(list, entry, lock);
    }

    @Override
    void dpcRemoves() {
      while (Ex.interlockedRemoveHeadList(list, lock) != null) {
        // what has come is used here
      }
    }
  }

  private static final class SpinLockedList extends SharedList {
    @Override
    void isrInserts(ListEntry entry) {
      lock.acquireAtDpcLevel();
      list.insertTail(entry);
      lock.releaseFromDpcLevel();
    }

    @Override
    void dpcRemoves() {
      lock.acquireAtDpcLevel();
      while (!list.isEmpty()) {
        list.removeHead();
      }
      lock.releaseFromDpcLevel();
    }
  }

  private static final class LockUsedBothWays extends InterlockedList {
    @Override
    void dpcRemoves() {
      lock.acquireAtDpcLevel();
      list.removeHead();
      lock.releaseFromDpcLevel();
    }
  }

  /** The device interrupts twice; the first time has the DPC run, which the second may interrupt. */
  private static void run(Machine machine, SharedList shared) {
    KDpc dpc = new KDpc("dpc", (own, context, first, second) -> shared.dpcRemoves(), null);
    KInterrupt interrupt =
        KInterrupt.named("device")
            .irql(Irql.DIRQL_5)
            .serviceRoutine(
                (own, context) -> {
                  shared.isrInserts(new ListEntry((Object) "item"));
                  dpc.insertQueue(null, null);
                  return true;
                },
                null)
            .build();
    IoManager.of(machine).connectInterrupt(interrupt);
    machine.startHardware("first", interrupt::assertInterrupt);
    machine.startHardware("second", interrupt::assertInterrupt);
  }
}
