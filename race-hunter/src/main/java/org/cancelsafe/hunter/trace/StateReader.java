package org.cancelsafe.hunter.trace;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.Processor;
import org.cancelsafe.emu.machine.StepKind;
import org.jspecify.annotations.Nullable;

/** Reads how things are between two steps. Whatever a model's own {@code toString} does, a trace is still recorded. */
final class StateReader {
  private final List<Activity> activities;
  private final Map<Activity, MachineObject> spinning = new HashMap<>();
  private final Map<Activity, MachineObject> queued = new LinkedHashMap<>();

  StateReader(List<Activity> activities) {
    this.activities = activities;
  }

  /** Somebody would go on with a step on this object; who finds a spin lock taken spins until the step is taken. */
  void announces(Activity activity, StepKind kind, MachineObject target) {
    if (kind == StepKind.WAIT_QUEUED) {
      queued.put(activity, target);
    }
    if (target instanceof KSpinLock lock && lock.owner() != null && lock.owner() != activity) {
      spinning.put(activity, target);
    }
  }

  /** The activity takes the step that it had announced. */
  void takes(Activity activity) {
    spinning.remove(activity);
    queued.remove(activity);
  }

  MachineState read(List<MachineObject> objects) {
    return new MachineState(
        activities.stream().map(StateReader::irql).toList(),
        activities.isEmpty() ? List.of() : occupants(activities.get(0).machine().processors()),
        objects.stream().map(this::state).toList());
  }

  /** A raised IRQL takes effect with the step that follows the raise; a DPC has one only while it runs. */
  private static int irql(Activity activity) {
    boolean announcedOnly = activity.irql().ownsProcessor() && activity.processor() == null;
    return announcedOnly ? 0 : activity.irql().level();
  }

  /** Who runs on a processor has interrupted whoever else has it. */
  private List<Integer> occupants(List<Processor> processors) {
    Integer[] occupants = new Integer[processors.size()];
    Arrays.fill(occupants, MachineState.NOBODY);
    for (int index = 0; index < activities.size(); index++) {
      Activity activity = activities.get(index);
      Processor processor = activity.processor();
      if (processor != null && activity.interruptedBy() == null) {
        occupants[processor.number()] = index;
      }
    }
    return List.of(occupants);
  }

  private String state(MachineObject object) {
    if (!(object instanceof KSpinLock lock)) {
      return String.valueOf(snapshot(object));
    }
    Activity owner = lock.owner() != null ? lock.owner() : firstInQueue(lock);
    if (owner == null) {
      return "-";
    }
    long spinners = spinning.entrySet().stream().filter(e -> e.getValue() == lock && e.getKey() != owner).count();
    return Trace.letter(activities.indexOf(owner)) + (spinners == 0 ? "" : " !" + spinners);
  }

  /** Whom a queued spin lock was handed over to that nobody holds: he has only to go on. */
  private @Nullable Activity firstInQueue(KSpinLock lock) {
    return queued.entrySet().stream().filter(e -> e.getValue() == lock).map(Map.Entry::getKey).findFirst().orElse(null);
  }

  /** The state of an object as a column shows it, or null for one that no column is about. */
  static @Nullable String snapshot(MachineObject object) {
    try {
      return object.snapshot();
    } catch (RuntimeException | StackOverflowError e) {
      return "<" + e.getClass().getSimpleName() + ">";
    }
  }

  /** What a model's object says of itself. */
  static String text(Supplier<? extends @Nullable Object> object) {
    try {
      return String.valueOf(object.get());
    } catch (RuntimeException | StackOverflowError e) {
      return "<" + e.getClass().getSimpleName() + ">";
    }
  }
}
