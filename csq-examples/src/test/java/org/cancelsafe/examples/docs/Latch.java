package org.cancelsafe.examples.docs;

import java.util.concurrent.atomic.AtomicBoolean;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.StepKind;

/** The primitive that docs/design.md adds: opened once, waited for by anybody. */
final class Latch extends Gate {
  private final AtomicBoolean open = new AtomicBoolean();

  Latch(String name) {
    super(name);
  }

  void open() {
    Machine machine = Activity.current().machine();
    machine.step(StepKind.SET_EVENT, this);
    boolean before = open.getAndSet(true);
    machine.outcome(before);
    machine.opened(this);
  }

  void await() {
    Activity self = Activity.current();
    self.machine().block(self, StepKind.WAIT, this, -1);
  }

  @Override
  public boolean passable(Activity activity) {
    return open.get();
  }

  @Override
  public boolean tryPass(Activity activity) {
    return open.get();
  }

  @Override
  public String snapshot() {
    return open.get() ? "open" : "-";
  }
}
