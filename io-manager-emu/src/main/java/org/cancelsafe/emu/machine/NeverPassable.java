package org.cancelsafe.emu.machine;

/** A gate that only a timeout ends the wait for. */
final class NeverPassable extends Gate {
  static final NeverPassable END_OF_DELAY = new NeverPassable("the end of a delay");

  private NeverPassable(String name) {
    super(name);
  }

  @Override
  public boolean passable(Activity activity) {
    return false;
  }

  @Override
  public boolean tryPass(Activity activity) {
    return false;
  }
}
