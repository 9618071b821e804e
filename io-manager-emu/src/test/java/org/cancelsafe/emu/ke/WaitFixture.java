package org.cancelsafe.emu.ke;

import static org.cancelsafe.emu.ke.KProcessorMode.KERNEL_MODE;
import static org.cancelsafe.emu.ke.KWaitReason.EXECUTIVE;
import static org.cancelsafe.emu.ke.WaitType.WAIT_ALL;
import static org.cancelsafe.emu.ke.WaitType.WAIT_ANY;

import java.util.List;

/** What tests of waits have in common. */
final class WaitFixture {
  static final long A_MILLISECOND = -10_000L;

  private WaitFixture() {}

  static KEvent event(String name, KEvent.Type type, boolean signaled) {
    return new KEvent(name, type, signaled);
  }

  static KEvent synchronization(String name) {
    return event(name, KEvent.Type.SYNCHRONIZATION_EVENT, false);
  }

  static KEvent notification(String name) {
    return event(name, KEvent.Type.NOTIFICATION_EVENT, false);
  }

  static KStatus await(DispatcherObject object, Long timeout) {
    return object.waitForSingleObject(EXECUTIVE, KERNEL_MODE, false, timeout);
  }

  static KStatus any(Long timeout, DispatcherObject... objects) {
    return Ke.waitForMultipleObjects(List.of(objects), WAIT_ANY, EXECUTIVE, KERNEL_MODE, false, timeout);
  }

  static KStatus all(Long timeout, DispatcherObject... objects) {
    return Ke.waitForMultipleObjects(List.of(objects), WAIT_ALL, EXECUTIVE, KERNEL_MODE, false, timeout);
  }

  static void untilWaiting(DispatcherObject object, int waiters) {
    while (true) {
      synchronized (WaitBlock.DISPATCHER_LOCK) {
        if (object.waiters().size() == waiters) {
          return;
        }
      }
      Ke.delayExecutionThread(1);
    }
  }
}
