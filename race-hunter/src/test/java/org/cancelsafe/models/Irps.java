package org.cancelsafe.models;

import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.scenario.Scenario;

/**
 * IRPs that are inserted into one queue, cancelled and removed at once, at the grain for which numbers of classes are
 * known: taking and giving the lock, each exchange and each link are events.
 */
public final class Irps {
  private final KSpinLock lock = new KSpinLock("QL");
  private final InterlockedLong queue = new InterlockedLong("Q", 0);
  private final List<Packet> queued = new ArrayList<>();
  private final Packet[] packets = {new Packet(1), new Packet(2)};

  private Irps() {}

  private static final class Packet {
    private final InterlockedLong routine;
    private final InterlockedLong flag;
    private final InterlockedLong completed;

    Packet(int number) {
      routine = new InterlockedLong("CancelRoutine" + number, 0);
      flag = new InterlockedLong("Cancel" + number, 0);
      completed = new InterlockedLong("completed" + number, 0);
    }
  }

  /** The scenario with these threads: {@code ins1}, {@code ins2}, {@code can1}, {@code can2}, {@code rem}. */
  public static Scenario scenario(List<String> threads) {
    return Scenario.named("irps")
        .processors(threads.size())
        .model(
            machine -> {
              Irps irps = new Irps();
              threads.forEach(thread -> irps.start(machine, thread));
            });
  }

  private void start(Machine machine, String thread) {
    machine.startThread(
        thread,
        switch (thread) {
          case "ins1" -> () -> insert(packets[0]);
          case "ins2" -> () -> insert(packets[1]);
          case "can1" -> () -> cancel(packets[0]);
          case "can2" -> () -> cancel(packets[1]);
          default -> this::remove;
        });
  }

  private void insert(Packet packet) {
    Irql old = lock.acquire();
    link(packet);
    packet.routine.exchange(1);
    if (packet.flag.read() == 1 && packet.routine.exchange(0) == 1) {
      unlink(packet);
      lock.release(old);
      packet.completed.increment();
    } else {
      lock.release(old);
    }
  }

  private void link(Packet packet) {
    queue.write(1);
    queued.add(packet);
  }

  private void unlink(Packet packet) {
    queue.write(0);
    queued.remove(packet);
  }

  private void cancel(Packet packet) {
    packet.flag.write(1);
    if (packet.routine.exchange(0) == 1) {
      Irql old = lock.acquire();
      unlink(packet);
      lock.release(old);
      packet.completed.increment();
    }
  }

  private void remove() {
    Irql old = lock.acquire();
    queue.read();
    for (Packet packet : List.copyOf(queued)) {
      if (packet.routine.exchange(0) == 1) {
        unlink(packet);
        lock.release(old);
        packet.completed.increment();
        return;
      }
    }
    lock.release(old);
  }
}
