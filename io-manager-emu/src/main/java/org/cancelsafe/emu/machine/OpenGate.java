package org.cancelsafe.emu.machine;

/** What need not be waited for: an explored machine's hardware passes it at a step of the scheduler's choice. */
final class OpenGate extends Gate {
  private final MachineObject subject;

  OpenGate(MachineObject subject) {
    super(subject.name());
    this.subject = subject;
  }

  @Override
  public boolean passable(Activity activity) {
    return true;
  }

  @Override
  public boolean tryPass(Activity activity) {
    return true;
  }

  @Override
  public MachineObject subject() {
    return subject;
  }
}
