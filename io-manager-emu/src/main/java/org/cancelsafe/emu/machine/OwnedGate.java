package org.cancelsafe.emu.machine;

import org.jspecify.annotations.Nullable;

/** A gate that one activity at a time has passed and not given back: the mutexes that are not dispatcher objects. */
public abstract class OwnedGate extends Gate {
  private @Nullable Activity owner;

  /** A free one with this name. */
  protected OwnedGate(@Nullable String name) {
    super(name);
  }

  @Override
  public final synchronized boolean passable(Activity activity) {
    return owner == null;
  }

  @Override
  public final synchronized boolean tryPass(Activity activity) {
    if (owner != null) {
      return false;
    }
    owner = activity;
    return true;
  }

  /**
   * Lets the next one pass.
   *
   * @throws IllegalStateException when somebody else owns it, or nobody
   */
  protected final void giveBack(Activity self) {
    synchronized (this) {
      if (owner != self) {
        throw new IllegalStateException(
            self + " releases " + kindName() + " " + this + ", which " + (owner == null ? "nobody" : owner) + " owns");
      }
      owner = null;
    }
    self.machine().opened(this);
  }

  @Override
  public final synchronized @Nullable Activity owner() {
    return owner;
  }

  @Override
  public final synchronized String snapshot() {
    return owner == null ? "-" : String.valueOf(owner.name());
  }
}
