package org.cancelsafe.emu.ke;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.StepKind;

/** The DPCs of a machine that are queued or running. */
final class DpcsInProgress extends MachineObject {
  private final Machine machine;
  private final Set<Activity> dpcs = ConcurrentHashMap.newKeySet();
  private volatile boolean awaited;

  private DpcsInProgress(Machine machine) {
    super("the queued DPCs");
    this.machine = machine;
  }

  static DpcsInProgress of(Machine machine) {
    return machine.component(DpcsInProgress.class, DpcsInProgress::new);
  }

  void began(Activity dpc) {
    dpcs.add(dpc);
  }

  /** It has run, or will not. */
  void ended(Activity dpc) {
    dpcs.remove(dpc);
    if (awaited) {
      machine.opened(new End(Set.of(dpc)));
    }
  }

  /** Open when all of these have ended. */
  private final class End extends Gate {
    private final Set<Activity> before;

    End(Set<Activity> before) {
      super("the DPCs queued before");
      this.before = before;
    }

    @Override
    public boolean passable(Activity activity) {
      return before.stream().noneMatch(dpcs::contains);
    }

    @Override
    public boolean tryPass(Activity activity) {
      return passable(activity);
    }

    @Override
    public MachineObject subject() {
      return DpcsInProgress.this;
    }
  }

  /** Waits for those that are in progress now. */
  void flush(Activity self) {
    machine.step(StepKind.FLUSH_DPCS, this);
    awaited = true;
    Set<Activity> before = Set.copyOf(dpcs);
    if (!before.isEmpty()) {
      machine.block(self, StepKind.WAIT_DPCS, new End(before), -1);
    }
  }
}
