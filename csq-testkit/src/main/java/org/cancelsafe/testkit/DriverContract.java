package org.cancelsafe.testkit;

import java.util.stream.Stream;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.MajorFunction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every driver that pends requests keeps to, whatever queues it has inside, as a suite of tests. Extend it with a
 * factory for your driver, and run it with JUnit:
 *
 * <pre>{@code
 * class ReaderContractTest extends DriverContract {
 *   @Override
 *   protected DriverUnderTest load(IoManager io) {
 *     return new ReaderDriver(io);
 *   }
 * }
 * }</pre>
 *
 * <p>Requests are sent and cancelled, files are cleaned up, the hardware serves and the driver is unloaded: in every
 * order one after the other, at once with every schedule explored, and at once on real threads. Each request is
 * completed once, none is lost, what is cancelled ends, cleanup and unload leave nothing behind. When everything has
 * come to rest the hardware serves what is left; only then must a request end that the hardware had when it was
 * cancelled, or its file cleaned up.
 */
@ExtendWith(HangGuard.class)
@TestMethodOrder(SmallestFirst.class)
public abstract class DriverContract {
  /** For the subclass. */
  protected DriverContract() {}

  /** Makes a new driver and its device, as DriverEntry and AddDevice do; on the machine of this I/O manager. */
  protected abstract DriverUnderTest load(IoManager io);

  /** What kind of request the driver pends. */
  protected MajorFunction major() {
    return MajorFunction.IRP_MJ_READ;
  }

  /** Whether the driver handles IRP_MJ_CLEANUP. */
  protected boolean cleansUp() {
    return true;
  }

  /** Whether the driver can be unloaded with requests pending. */
  protected boolean unloads() {
    return true;
  }

  /**
   * How many requests the hardware works on at once, which nobody can cancel until it is done with them, as the current
   * one of StartIo. They have no cancel routine; whatever waits in a queue has one.
   */
  protected int inHardware() {
    return 1;
  }

  @Test
  @DisplayName("one after the other, in every order")
  void everyOrder() {
    DriverPrograms.orders(this).forEach(new DriverSequence(this)::run);
  }

  @Test
  @DisplayName("many requests, and whatever else, in longer sequences")
  void longerSequences() {
    new DriverSequences(this).all().forEach(new DriverSequence(this)::run);
  }

  /** One test for each program, of which every schedule is explored. */
  @TestFactory
  @DisplayName("every schedule of what happens at once")
  Stream<DynamicTest> everySchedule() {
    DriverTrial trial = new DriverTrial(this);
    return DriverPrograms.races(this)
        .map(program -> DynamicTest.dynamicTest(program.toString(), () -> trial.explore(program)));
  }

  @Test
  @DisplayName("at once on real threads")
  void survivesTheHammer() {
    DriverPrograms.races(this).forEach(new DriverTrial(this)::hammer);
  }
}
