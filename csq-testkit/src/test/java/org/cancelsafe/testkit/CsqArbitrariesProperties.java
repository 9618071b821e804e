package org.cancelsafe.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.cancelsafe.csq.FifoCallbacks;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.Budget;
import org.cancelsafe.hunter.Verdict;

/** What is drawn can be used on a machine, and what fails is small. */
class CsqArbitrariesProperties {
  private static final Budget BUDGET = new Budget(Duration.ofSeconds(2), 20_000);

  @Provide
  Arbitrary<ClientProgram> small() {
    return CsqArbitraries.smallPrograms();
  }

  @Provide
  Arbitrary<List<IrpSpec>> irps() {
    return CsqArbitraries.irps().list().ofMaxSize(6);
  }

  @Provide
  Arbitrary<PeekSpec> peeks() {
    return CsqArbitraries.peekContexts();
  }

  @Provide
  Arbitrary<Integer> processors() {
    return CsqArbitraries.processors();
  }

  @Property(tries = 30)
  void aRightQueueIsRightInEverySchedule(
      @ForAll("small") ClientProgram program, @ForAll("processors") int processors) {
    QueueHammer hammer = QueueHammer.ofCallbacks(() -> new FifoCallbacks("queue"), Order.FIFO).processors(processors);
    assertNotEquals(Verdict.RACE, hammer.explore(program, BUDGET).verdict());
  }

  @Property(tries = 100)
  void whatPeekingFindsIsWhatWasAskedFor(@ForAll("irps") List<IrpSpec> irps, @ForAll("peeks") PeekSpec peek) {
    try (Machine machine = Machine.live().build()) {
      machine.run(
          () -> {
            IoManager io = IoManager.of(machine);
            DeviceObject device = io.createDevice(new DriverObject("driver"), "device", null);
            DeviceFiles files = new DeviceFiles(device);
            IoCsq csq = new IoCsq();
            csq.initialize(new FifoCallbacks("queue"));
            List<Irp> built = irps.stream().map(spec -> spec.build(io, files)).toList();
            built.forEach(Irp::setNextStackLocation);
            built.forEach(irp -> csq.insertIrp(irp, null));
            for (int i = 0; i < built.size(); i++) {
              if (peek.file().isEmpty() || peek.file().get().equals(irps.get(i).file())) {
                assertSame(built.get(i), csq.removeNextIrp(peek.in(files)));
              }
            }
            assertEquals(null, csq.removeNextIrp(peek.in(files)));
          });
    }
  }

  /** A queue that looks before it arms. */
  private static QueueUnderTest wrong() {
    return new HandMadeQueue() {
      @Override
      boolean armAndTest(Irp irp) {
        boolean cancelled = irp.cancel();
        if (!cancelled) {
          irp.setCancelRoutine(this::cancel);
        }
        return cancelled;
      }
    };
  }

  @Example
  void theProgramShrinksFirstAndThenTheSchedule() {
    QueueHammer hammer = QueueHammer.ofQueues(CsqArbitrariesProperties::wrong, Order.FIFO);
    ClientProgram smallest =
        Shrunk.of(CsqArbitraries.smallPrograms(), program -> isWrong(hammer, program));
    assertEquals("client 0:  #0 = insert(file 0, priority 0)\nclient 1:  cancel(#0)", smallest.toString());
    String message =
        String.valueOf(assertThrows(AssertionError.class, () -> hammer.explore(smallest, BUDGET)).getMessage());
    assertTrue(message.contains("\ncost       1 preemption, "), message);
    String line = message.lines().filter(it -> it.startsWith("replay ")).findFirst().orElseThrow();
    String replay = line.substring(line.indexOf('"') + 1, line.lastIndexOf('"'));
    assertThrows(AssertionError.class, () -> hammer.replay(smallest, replay));
  }

  private static boolean isWrong(QueueHammer hammer, ClientProgram program) {
    try {
      hammer.explore(program, BUDGET);
      return false;
    } catch (AssertionError e) {
      return true;
    }
  }

  @Example
  void whatGoesWrongOnRealThreadsIsExplained() {
    QueueHammer hammer = QueueHammer.ofQueues(CsqArbitrariesProperties::wrong, Order.FIFO);
    ClientProgram program =
        Shrunk.of(CsqArbitraries.smallPrograms(), candidate -> isWrong(hammer, candidate));
    AssertionError failure =
        assertThrows(
            AssertionError.class,
            () -> {
              for (long seed = 0; seed < 100_000; seed++) {
                hammer.run(program, seed);
              }
            });
    String message = String.valueOf(failure.getMessage());
    assertTrue(message.contains("\nprogram, run with seed ") && message.contains("\nexplored:\nVIOLATION"), message);
  }
}
