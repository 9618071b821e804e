package org.cancelsafe.testkit;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.machine.Machine;

/**
 * What jqwik draws the parts of a test of a queue from. Everything shrinks to the first file, NULL, reads of length 0,
 * one processor, and few operations.
 *
 * <pre>{@code
 * @Provide
 * Arbitrary<ClientProgram> programs() {
 *   return CsqArbitraries.programs();
 * }
 *
 * @Property
 * void isRight(@ForAll("programs") ClientProgram program) {
 *   QueueHammer.ofCallbacks(MyCallbacks::new, Order.FIFO).explore(program, Budget.STANDARD);
 * }
 * }</pre>
 */
public final class CsqArbitraries {
  private static final int FILES = 3;
  private static final int LONGEST = 4_096;

  private CsqArbitraries() {}

  /** Client programs of any size, see {@link ClientPrograms#any}: for real threads. */
  public static Arbitrary<ClientProgram> programs() {
    return ClientPrograms.any();
  }

  /** Client programs of up to 3 threads with up to 2 operations each: small enough for every schedule. */
  public static Arbitrary<ClientProgram> smallPrograms() {
    return ClientPrograms.upTo(3, 2);
  }

  /** Files. */
  public static Arbitrary<FileSpec> files() {
    return Arbitraries.integers().between(0, FILES - 1).shrinkTowards(0).map(FileSpec::new);
  }

  /** IRPs that a driver may pend: reads, writes and device controls. */
  public static Arbitrary<IrpSpec> irps() {
    Arbitrary<MajorFunction> majors =
        Arbitraries.of(
            MajorFunction.IRP_MJ_READ, MajorFunction.IRP_MJ_WRITE, MajorFunction.IRP_MJ_DEVICE_CONTROL);
    Arbitrary<Integer> lengths = Arbitraries.integers().between(0, LONGEST).shrinkTowards(0);
    return Combinators.combine(majors, files(), lengths).as(IrpSpec::new);
  }

  /** Peek contexts: NULL, or a file. */
  public static Arbitrary<PeekSpec> peekContexts() {
    return files().optional().map(PeekSpec::new);
  }

  /** How many processors a machine has. */
  public static Arbitrary<Integer> processors() {
    return Arbitraries.integers().between(1, Machine.DEFAULT_PROCESSORS).shrinkTowards(1);
  }
}
