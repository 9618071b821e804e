package org.cancelsafe.examples.systems;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KInterrupt;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** What one processor cannot show and two show, and the reverse. */
@AutoService(CatalogueEntry.class)
public final class OneBoxTwoProcessors implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("one-box", Family.DESIGNS, "Right on one processor, or only on two")
        .text(
            """
            Raising to DISPATCH_LEVEL keeps every other thread off the processor. Where there is one, that is as good as
            a lock, and the driver has passed all its tests. Where there are two, it is nothing.

            And the reverse. A driver has its interrupt handled on the last processor and its DPC on the first, and an
            ordinary spin lock between them. Where there are two, each spins until the other is done. Where there is
            one, the last is the first: the interrupt comes while the DPC has the lock, and its routine spins for ever.
            The lock has to be the interrupt's, which masks the interrupt for as long as it is held.""")
        .mistake(OneBoxTwoProcessors.class, "increment")
        .mistake(OrdinaryLock.class)
        .correction(InterruptsLock.class);
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("one-box.one-processor")
            .about("a counter without a lock, at DISPATCH_LEVEL, one processor")
            .processors(1)
            .model(OneBoxTwoProcessors::countAtDispatchLevel),
        Scenario.named("one-box.two-processors")
            .about("a counter without a lock, at DISPATCH_LEVEL, two processors")
            .expectingRace("DataRace")
            .processors(2)
            .model(OneBoxTwoProcessors::countAtDispatchLevel),
        Scenario.named("one-box.apart-on-one-processor")
            .about("ISR on the last processor, DPC on the first, one lock; one processor")
            .expectingRace("PriorityInversion")
            .processors(1)
            .model(machine -> interruptLastDpcFirst(machine, new OrdinaryLock())),
        Scenario.named("one-box.apart-on-two-processors")
            .about("ISR on the last processor, DPC on the first, one lock; two processors")
            .processors(2)
            .model(machine -> interruptLastDpcFirst(machine, new OrdinaryLock())),
        Scenario.named("one-box.fixed-on-one-processor")
            .about("ISR and DPC under the interrupt's own lock; one processor")
            .processors(1)
            .model(machine -> interruptLastDpcFirst(machine, new InterruptsLock())),
        Scenario.named("one-box.fixed-on-two-processors")
            .about("ISR and DPC under the interrupt's own lock; two processors")
            .processors(2)
            .model(machine -> interruptLastDpcFirst(machine, new InterruptsLock())));
  }

  private static void countAtDispatchLevel(Machine machine) {
    Shared<Integer> counter = new Shared<>("counter", 0);
    machine.startThread("A", () -> increment(counter));
    machine.startThread("B", () -> increment(counter));
    machine.afterwards(() -> expectTwo(counter));
  }

  private static void increment(Shared<Integer> counter) {
    Irql old = Ke.raiseIrqlToDpcLevel();
    counter.set(counter.get() + 1);
    Ke.lowerIrql(old);
  }

  private static void expectTwo(Shared<Integer> counter) {
    if (counter.get() != 2) {
      throw new AssertionError("the counter stands at " + counter.get());
    }
  }

  /** How the two routines count. */
  private abstract static class Counting {
    final Shared<Integer> counter = new Shared<>("counter", 0);

    abstract void isr();

    abstract void dpc(KInterrupt interrupt);

    void count() {
      counter.set(counter.get() + 1);
    }
  }

  private static final class OrdinaryLock extends Counting {
    private final KSpinLock lock = new KSpinLock("lock");

    @Override
    void isr() {
      lock.acquireAtDpcLevel();
      count();
      lock.releaseFromDpcLevel();
    }

    @Override
    void dpc(KInterrupt interrupt) {
      lock.acquireAtDpcLevel();
      count();
      lock.releaseFromDpcLevel();
    }
  }

  private static final class InterruptsLock extends Counting {
    @Override
    void isr() {
      count();
    }

    @Override
    void dpc(KInterrupt interrupt) {
      Irql old = interrupt.acquireInterruptSpinLock();
      count();
      interrupt.releaseInterruptSpinLock(old);
    }
  }

  /** The interrupt goes to the last processor, the DPC to the first. */
  private static void interruptLastDpcFirst(Machine machine, Counting counting) {
    KInterrupt interrupt =
        KInterrupt.named("device")
            .irql(Irql.DIRQL_5)
            .processorEnableMask(1L << (machine.processors().size() - 1))
            .serviceRoutine(
                (own, context) -> {
                  counting.isr();
                  return true;
                },
                null)
            .build();
    KDpc dpc = new KDpc("dpc", (own, context, first, second) -> counting.dpc(interrupt), null);
    dpc.setTargetProcessor(0);
    IoManager.of(machine).connectInterrupt(interrupt);
    machine.startThread("Dispatch", () -> dpc.insertQueue(null, null));
    machine.startHardware("device", interrupt::assertInterrupt);
    machine.afterwards(() -> expectTwo(counting.counter));
  }
}
