package org.cancelsafe.hunter.coroutine;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * Coroutines on the JDK's own continuations, the ones under virtual threads: JDK 21 and newer, when {@code
 * java.base/jdk.internal.vm} is exported. They all run on the driver's thread; one that is given up is collected.
 */
final class ContinuationSwitcher implements Switcher {
  private static final @Nullable MethodHandle NEW;
  private static final @Nullable MethodHandle RUN;
  private static final @Nullable MethodHandle YIELD;

  static {
    MethodHandle create = null;
    MethodHandle run = null;
    MethodHandle yield = null;
    try {
      Class<?> scopeClass = Class.forName("jdk.internal.vm.ContinuationScope");
      Class<?> continuation = Class.forName("jdk.internal.vm.Continuation");
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      Object scope =
          lookup
              .findConstructor(scopeClass, MethodType.methodType(void.class, String.class))
              .invoke("cancelsafe");
      create =
          lookup
              .findConstructor(continuation, MethodType.methodType(void.class, scopeClass, Runnable.class))
              .bindTo(scope)
              .asType(MethodType.methodType(Object.class, Runnable.class));
      run =
          lookup
              .findVirtual(continuation, "run", MethodType.methodType(void.class))
              .asType(MethodType.methodType(void.class, Object.class));
      yield =
          lookup
              .findStatic(continuation, "yield", MethodType.methodType(boolean.class, scopeClass))
              .bindTo(scope)
              .asType(MethodType.methodType(void.class));
    } catch (Throwable e) {
      // this JDK has none, or does not show them: threads take their place
      create = null;
    }
    NEW = create;
    RUN = run;
    YIELD = yield;
  }

  static {
    if (NEW != null) {
      new ContinuationSwitcher().leaveAndEnter();
    }
  }

  private final Thread driver = Thread.currentThread();
  private @Nullable Fiber next;

  /** The JDK makes much of what continuations need when there is a first one, which is to be this. */
  private void leaveAndEnter() {
    Fiber[] self = new Fiber[1];
    self[0] =
        (Fiber)
            create(
                "first",
                () -> {
                  transfer(self[0], null);
                  return null;
                });
    run(self[0]);
    run(self[0]);
  }

  static boolean isAvailable() {
    return NEW != null;
  }

  private final class Fiber implements Coroutine, Runnable {
    private final Body body;
    private @Nullable Object continuation;
    private boolean done;

    Fiber(Body body) {
      this.body = body;
    }

    @Override
    public void run() {
      next = (Fiber) body.run();
      done = true;
    }

    @Override
    public boolean isDone() {
      return done;
    }
  }

  @Override
  public Coroutine create(String name, Body body) {
    Fiber fiber = new Fiber(body);
    try {
      fiber.continuation = (Object) NEW.invokeExact((Runnable) fiber);
    } catch (Throwable e) {
      throw new LinkageError("cannot make a continuation", e);
    }
    return fiber;
  }

  @Override
  public void run(Coroutine first) {
    next = (Fiber) first;
    while (next != null) {
      Fiber entered = next;
      next = null;
      enter(entered);
    }
  }

  private static void enter(Fiber fiber) {
    try {
      RUN.invokeExact(fiber.continuation);
    } catch (Error | RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new LinkageError("cannot run a continuation", e);
    }
  }

  @Override
  public void transfer(Coroutine from, @Nullable Coroutine to) {
    next = (Fiber) to;
    try {
      YIELD.invokeExact();
    } catch (IllegalStateException e) {
      throw new IllegalStateException(
          "an activity waits for the machine inside a synchronized block or a native call; model code synchronises "
              + "through the machine: use a KSpinLock or an event instead",
          e);
    } catch (Error | RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new LinkageError("cannot leave a continuation", e);
    }
  }

  @Override
  public void leave(Coroutine from) {
    transfer(from, null);
  }

  @Override
  public void abandon() {
    next = null;
  }

  @Override
  public Thread running() {
    return driver;
  }

  @Override
  public void leaveBehind() {
    // the driver runs all coroutines, and is blocked with them
  }

  @Override
  public void close() {}
}
