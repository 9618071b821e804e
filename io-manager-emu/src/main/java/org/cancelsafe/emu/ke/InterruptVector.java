package org.cancelsafe.emu.ke;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.ActivityKind;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.Processor;
import org.cancelsafe.emu.machine.StepKind;
import org.jspecify.annotations.Nullable;

/** An interrupt line and who is connected to it. From its assertion until a processor takes it, it interrupts once. */
final class InterruptVector extends MachineObject {
  private final Machine machine;
  private volatile Irql irql;
  private final List<KInterrupt> connected = new CopyOnWriteArrayList<>();
  private @Nullable Delivery asserted;

  InterruptVector(Machine machine, String name, KInterrupt first) {
    super(name);
    this.machine = machine;
    this.irql = first.irql();
  }

  /** One interrupt on its way to a processor. */
  private final class Delivery extends Gate {
    Delivery() {
      super(InterruptVector.this.name());
    }

    @Override
    public boolean passable(Activity activity) {
      synchronized (InterruptVector.this) {
        return asserted == this;
      }
    }

    @Override
    public boolean tryPass(Activity activity) {
      synchronized (InterruptVector.this) {
        if (asserted != this) {
          return false;
        }
        asserted = null;
        return true;
      }
    }

    @Override
    public InterruptVector subject() {
      return InterruptVector.this;
    }
  }

  /** Whether this one may be connected beside those that are. */
  private boolean admits(KInterrupt interrupt) {
    return connected.isEmpty()
        || irql == interrupt.irql() && interrupt.isShareable() && connected.stream().allMatch(KInterrupt::isShareable);
  }

  /** Connects it; false when the vector is taken. */
  boolean connect(KInterrupt interrupt) {
    machine.step(StepKind.CONNECT_INTERRUPT, this, "IoConnectInterrupt");
    synchronized (this) {
      boolean admitted = admits(interrupt);
      if (admitted) {
        irql = interrupt.irql();
        connected.add(interrupt);
      }
      return admitted;
    }
  }

  void disconnect(KInterrupt interrupt) {
    machine.step(StepKind.CONNECT_INTERRUPT, this, "IoDisconnectInterrupt");
    connected.remove(interrupt);
  }

  boolean assertLine(KInterrupt interrupt, List<Processor> processors) {
    machine.step(StepKind.ASSERT_INTERRUPT, this);
    Delivery delivery = new Delivery();
    synchronized (this) {
      if (asserted != null || !connected.contains(interrupt)) {
        machine.outcome(false);
        return false;
      }
      asserted = delivery;
    }
    machine.outcome(true);
    if (irql == Irql.PASSIVE_LEVEL) {
      machine.startThread("ISR " + this, () -> servePassively(delivery));
    } else {
      machine.interrupt(this::newIsr, delivery, processors);
    }
    return true;
  }

  private Activity newIsr() {
    Activity isr = machine.newActivity(ActivityKind.ISR, "ISR " + this, this::serve);
    isr.raise(irql);
    return isr;
  }

  private void servePassively(Delivery delivery) {
    Activity self = Activity.current();
    machine.step(StepKind.START_ISR, this);
    if (delivery.tryPass(self)) {
      serve();
    }
  }

  private void serve() {
    for (KInterrupt interrupt : connected) {
      if (interrupt.service()) {
        return;
      }
    }
  }

  @Override
  public String kindName() {
    return "vector";
  }

  @Override
  public synchronized String snapshot() {
    return asserted == null ? "-" : "asserted";
  }
}
