package org.cancelsafe.models;

import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.scenario.Scenario;

/** The programs that papers and tools count classes of, with as many processors as threads. */
public final class Classics {
  private Classics() {}

  /** A program by name and size. */
  public static Scenario of(String name, int n) {
    return Scenario.named(name).processors(n + 2).model(machine -> new Classics.Program(machine).build(name, n));
  }

  private static final class Program {
    private final Machine machine;
    private int threads;

    Program(Machine machine) {
      this.machine = machine;
    }

    void build(String name, int n) {
      switch (name) {
        case "independent" -> independent(n);
        case "writers" -> times(n, i -> writer(x.get(0), i));
        case "writers-reader" -> {
          times(n, i -> writer(x.get(0), i));
          thread(x.get(0)::read);
        }
        case "readers" -> readers(n, false);
        case "readers-private" -> readers(n, true);
        case "last-zero" -> lastZero(n);
        case "same-variables" -> sameVariables(n);
        case "locked" -> times(n, i -> thread(() -> locked(l.get(0), x.get(0)::increment)));
        case "locked-twice" -> times(n, i -> thread(this::lockedTwice));
        case "lost-update" -> times(n, i -> thread(() -> x.get(0).write(x.get(0).read() + 1)));
        case "philosophers" -> times(n, i -> philosopher(l.get(i), l.get((i + 1) % n)));
        case "file-system" -> times(n, this::fileSystem);
        case "indexer" -> times(n, this::indexer);
        default -> litmus(name);
      }
    }

    private final List<InterlockedLong> x = variables("x");
    private final List<InterlockedLong> y = variables("y");
    private final List<KSpinLock> l = locks("l");
    private final List<KSpinLock> k = locks("k");
    private final long[] inode = new long[32];
    private final boolean[] busy = new boolean[26];
    private final List<InterlockedLong> table = new ArrayList<>();

    private static List<InterlockedLong> variables(String name) {
      List<InterlockedLong> all = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        all.add(new InterlockedLong(name + i, 0));
      }
      return all;
    }

    private static List<KSpinLock> locks(String name) {
      List<KSpinLock> all = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        all.add(new KSpinLock(name + i));
      }
      return all;
    }

    private interface Part {
      void number(int i);
    }

    private static void times(int n, Part part) {
      for (int i = 0; i < n; i++) {
        part.number(i);
      }
    }

    private void thread(Runnable... operations) {
      machine.startThread("T" + threads++, () -> List.of(operations).forEach(Runnable::run));
    }

    private void writer(InterlockedLong variable, int value) {
      thread(() -> variable.write(value));
    }

    private void independent(int n) {
      times(n, i -> writer(x.get(i), 1));
    }

    private void readers(int n, boolean privately) {
      writer(x.get(0), 1);
      times(n, i -> {
        if (privately) {
          thread(y.get(i)::read, x.get(0)::read);
        } else {
          thread(x.get(0)::read);
        }
      });
    }

    private void lastZero(int n) {
      thread(
          () -> {
            int i = n;
            while (x.get(i).read() != 0) {
              i--;
            }
          });
      times(n, i -> thread(() -> x.get(i + 1).write(x.get(i).read() + 1)));
    }

    private void sameVariables(int n) {
      Runnable all = () -> times(n, i -> x.get(i).write(1));
      thread(all);
      thread(all);
    }

    private static void locked(KSpinLock lock, Runnable inside) {
      Irql old = lock.acquire();
      inside.run();
      lock.release(old);
    }

    private void lockedTwice() {
      locked(l.get(0), x.get(0)::increment);
      locked(k.get(0), y.get(0)::increment);
    }

    private void philosopher(KSpinLock left, KSpinLock right) {
      thread(
          () -> {
            Irql old = left.acquire();
            right.acquireAtDpcLevel();
            right.releaseFromDpcLevel();
            left.release(old);
          });
    }

    private void fileSystem(int thread) {
      int i = thread % 32;
      thread(
          () ->
              locked(
                  l.get(i),
                  () -> {
                    int block = i * 2 % 26;
                    while (inode[i] == 0) {
                      k.get(block).acquireAtDpcLevel();
                      if (!busy[block]) {
                        busy[block] = true;
                        inode[i] = block + 1L;
                      }
                      k.get(block).releaseFromDpcLevel();
                      block = (block + 1) % 26;
                    }
                  }));
    }

    private void indexer(int thread) {
      if (table.isEmpty()) {
        times(128, i -> table.add(new InterlockedLong("slot" + i, 0)));
      }
      thread(
          () -> {
            for (int m = 1; m <= 4; m++) {
              int word = m * 11 + thread;
              int slot = word * 7 % 128;
              while (table.get(slot).compareExchange(word, 0) != 0) {
                slot = (slot + 1) % 128;
              }
            }
          });
    }

    private void litmus(String name) {
      InterlockedLong a = x.get(0);
      InterlockedLong b = y.get(0);
      switch (name) {
        case "store-buffering" -> {
          thread(() -> a.write(1), b::read);
          thread(() -> b.write(1), a::read);
        }
        case "message-passing" -> {
          thread(() -> a.write(1), () -> b.write(1));
          thread(b::read, a::read);
        }
        case "load-buffering" -> {
          thread(a::read, () -> b.write(1));
          thread(b::read, () -> a.write(1));
        }
        case "2-2W" -> {
          thread(() -> a.write(1), () -> b.write(2));
          thread(() -> b.write(1), () -> a.write(2));
        }
        case "IRIW" -> {
          writer(a, 1);
          writer(b, 1);
          thread(a::read, b::read);
          thread(b::read, a::read);
        }
        default -> throw new IllegalArgumentException(name);
      }
    }
  }
}
