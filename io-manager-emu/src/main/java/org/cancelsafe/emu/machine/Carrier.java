package org.cancelsafe.emu.machine;

import org.jspecify.annotations.Nullable;

/** A JVM thread that runs activities. Looking up the running activity costs a type check and a field here. */
public final class Carrier extends Thread {
  @Nullable Activity activity;

  /** A daemon thread with this name that runs this body. */
  public Carrier(String name, Runnable body) {
    super(null, body, name, 0, false);
    setDaemon(true);
  }

  /** The activity this thread runs at the moment. */
  public @Nullable Activity activity() {
    return activity;
  }

  /** From now on this thread runs that activity. Called on this thread only. */
  public void carry(@Nullable Activity activity) {
    this.activity = activity;
  }
}
