package org.cancelsafe.hunter;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.cancelsafe.emu.machine.Carrier;
import org.cancelsafe.hunter.coroutine.Switcher;
import org.cancelsafe.hunter.coroutine.Switchers;
import org.cancelsafe.hunter.explore.Explorer;

/** Explores on a thread of its own: model code that never takes a step cannot be stopped, only left behind. */
final class OnCarrier {
  private OnCarrier() {}

  /**
   * What the work comes to, or what is made of a problem: what the work threw, silence, or an interrupt.
   *
   * @param <T> what comes of it
   */
  static <T> T run(
      Explorer explorer, Function<Explorer, T> work, BiFunction<Explorer, Throwable, T> onProblem) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Carrier carrier =
        new Carrier(
            "hunter " + explorer.scenario(),
            () -> {
              try (explorer) {
                Switcher switcher = Switchers.create();
                Explorer.prepare();
                explorer.open(switcher);
                result.complete(work.apply(explorer));
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            });
    carrier.start();
    Explorer.prepare();
    Watch watch = new Watch(explorer);
    while (true) {
      try {
        return result.get(Watch.INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        Throwable stuck = watch.look(carrier);
        if (stuck != null) {
          return onProblem.apply(explorer, stuck);
        }
      } catch (ExecutionException e) {
        return onProblem.apply(explorer, e.getCause());
      } catch (InterruptedException e) {
        explorer.abandon();
        Thread.currentThread().interrupt();
        String what = "hunting in " + explorer.scenario() + " was interrupted";
        return onProblem.apply(explorer, new IllegalStateException(what, e));
      }
    }
  }
}
