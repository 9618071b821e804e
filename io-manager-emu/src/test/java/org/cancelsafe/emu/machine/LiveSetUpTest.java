package org.cancelsafe.emu.machine;

import static java.util.Objects.requireNonNull;
import static org.cancelsafe.emu.LiveRun.toRest;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KInterrupt;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.ke.Ke;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a set-up asks for comes when that is done, with and without noise. */
@Timeout(60)
class LiveSetUpTest {
  private static final int A_MILLISECOND = 10_000;

  private final List<String> happened = new CopyOnWriteArrayList<>();

  static List<UnaryOperator<LiveMachineBuilder>> kinds() {
    return List.of(UnaryOperator.identity(), builder -> builder.noise(1));
  }

  private KDpc dpc() {
    return new KDpc("dpc", (dpc, context, one, two) -> happened.add("dpc"), null);
  }

  private void setUp(UnaryOperator<LiveMachineBuilder> kind, Runnable asks) {
    try (Machine machine = kind.apply(Machine.live()).build()) {
      machine.boot(
          () -> {
            asks.run();
            Ke.delayExecutionThread(-A_MILLISECOND);
            happened.add("set up");
          });
      toRest(machine);
      assertEquals(null, machine.failure());
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aDpc(UnaryOperator<LiveMachineBuilder> kind) {
    setUp(kind, () -> dpc().insertQueue(null, null));
    assertEquals(List.of("set up", "dpc"), happened);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aTimer(UnaryOperator<LiveMachineBuilder> kind) {
    setUp(kind, () -> new KTimer("timer").set(-1, dpc()));
    assertEquals(List.of("set up", "dpc"), happened);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aTimerThatIsCalledOffInTime(UnaryOperator<LiveMachineBuilder> kind) {
    setUp(
        kind,
        () -> {
          KTimer timer = new KTimer("timer");
          timer.set(-1, dpc());
          timer.cancel();
        });
    assertEquals(List.of("set up"), happened);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aDpcThatTheSetUpWaitsFor(UnaryOperator<LiveMachineBuilder> kind) {
    setUp(
        kind,
        () -> {
          KEvent ran = new KEvent("ran", KEvent.Type.NOTIFICATION_EVENT, false);
          new KDpc("dpc", (dpc, context, one, two) -> ran.set(), null).insertQueue(null, null);
          ran.waitForSingleObject();
          happened.add("waited");
        });
    assertEquals(List.of("waited", "set up"), happened);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void anInterrupt(UnaryOperator<LiveMachineBuilder> kind) {
    setUp(
        kind,
        () -> {
          KInterrupt interrupt =
              KInterrupt.named("device")
                  .irql(Irql.DIRQL_5)
                  .serviceRoutine((own, context) -> happened.add("interrupt"), null)
                  .build();
          IoManager.of(Activity.current().machine()).connectInterrupt(interrupt);
          interrupt.assertInterrupt();
        });
    assertEquals(List.of("set up", "interrupt"), happened);
  }

  @Test
  void whatNobodyWillDoIsNotWaitedFor() {
    KEvent never = new KEvent("never", KEvent.Type.NOTIFICATION_EVENT, false);
    try (Machine machine = Machine.live().noise(1).build()) {
      machine.boot(
          () -> {
            dpc().insertQueue(null, null);
            machine.startThread("Setter", never::set);
            never.waitForSingleObject();
          });
      toRest(machine);
      assertEquals(
          "boot would wait for never during the setup, where nobody runs who could help",
          requireNonNull(machine.failure()).getMessage());
    }
  }
}
