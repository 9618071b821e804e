package org.cancelsafe.hunter.coroutine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.cancelsafe.emu.machine.Carrier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both kinds of switcher do the same. */
class SwitcherTest {
  static Stream<Switcher> switchers() {
    return Stream.of(Switchers.create(), Switchers.createWithThreads(), Switchers.createWithNewThreads());
  }

  private static <T> T onCarrier(Callable<T> body) {
    CompletableFuture<T> result = new CompletableFuture<>();
    new Carrier(
            "switcher-test",
            () -> {
              try {
                result.complete(body.call());
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            })
        .start();
    return result.join();
  }

  @ParameterizedTest
  @MethodSource("switchers")
  void twoTakeTurns(Switcher switcher) {
    String order =
        onCarrier(
            () -> {
              StringBuilder text = new StringBuilder();
              Coroutine[] both = new Coroutine[2];
              for (int i = 0; i < 2; i++) {
                int me = i;
                both[i] =
                    switcher.create(
                        "c" + i,
                        () -> {
                          for (int round = 0; round < 3; round++) {
                            text.append((char) ('a' + me));
                            switcher.transfer(both[me], both[1 - me]);
                          }
                          return both[1 - me].isDone() ? null : both[1 - me];
                        });
              }
              switcher.run(both[0]);
              text.append('.');
              switcher.close();
              return text.toString();
            });
    assertEquals("ababab.", order);
  }

  @ParameterizedTest
  @MethodSource("switchers")
  void controlGoesBackToTheDriverAndInAgain(Switcher switcher) {
    String order =
        onCarrier(
            () -> {
              StringBuilder text = new StringBuilder();
              Coroutine[] one = new Coroutine[1];
              one[0] =
                  switcher.create(
                      "c",
                      () -> {
                        text.append('1');
                        switcher.transfer(one[0], null);
                        text.append('2');
                        return null;
                      });
              switcher.run(one[0]);
              text.append('-');
              assertFalse(one[0].isDone());
              switcher.run(one[0]);
              text.append('-');
              assertTrue(one[0].isDone());
              switcher.close();
              return text.toString();
            });
    assertEquals("1-2-", order);
  }

  @ParameterizedTest
  @MethodSource("switchers")
  void whatIsAbandonedNeverGoesOn(Switcher switcher) {
    String order =
        onCarrier(
            () -> {
              StringBuilder text = new StringBuilder();
              for (int run = 0; run < 100; run++) {
                Coroutine[] one = new Coroutine[1];
                one[0] =
                    switcher.create(
                        "c",
                        () -> {
                          switcher.transfer(one[0], null);
                          text.append("went on");
                          return null;
                        });
                switcher.run(one[0]);
                switcher.abandon();
              }
              switcher.close();
              return text.toString();
            });
    assertEquals("", order);
  }
}
