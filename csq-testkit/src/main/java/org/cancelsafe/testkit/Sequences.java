package org.cancelsafe.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.testkit.Operation.Cancel;
import org.cancelsafe.testkit.Operation.Cleanup;
import org.cancelsafe.testkit.Operation.Insert;
import org.cancelsafe.testkit.Operation.RemoveByContext;
import org.cancelsafe.testkit.Operation.RemoveNext;
import org.cancelsafe.testkit.Operation.RemoveNextOfFile;

/** Sequences of operations on one thread, each followed by a walk through the structure, at every IRQL. */
final class Sequences {
  private static final int RANDOM_SEQUENCES = 150;
  private static final int LONGEST = 16;
  private static final int ROUNDS = 300;

  private final CsqContract contract;
  private final SequenceRun run;

  Sequences(CsqContract contract) {
    this.contract = contract;
    this.run = new SequenceRun(contract, true);
  }

  boolean hasPeekContexts() {
    try (Machine machine = Rest.machine().build()) {
      AtomicReference<Object> context = new AtomicReference<>();
      machine.run(
          () -> {
            IoManager io = IoManager.of(machine);
            FileObject file = new FileObject("file 0", io.createDevice(new DriverObject("driver"), "device", null));
            context.set(contract.peekContext(file));
          });
      return context.get() != null;
    }
  }

  void insertAndRemove() {
    for (int count = 1; count <= 5; count++) {
      List<Operation> operations = inserts(count, false);
      for (int i = 0; i <= count; i++) {
        operations.add(new RemoveNext());
      }
      run(operations);
      List<Operation> byTurns = new ArrayList<>();
      for (int i = 0; i < 2 * count; i++) {
        byTurns.add(new Insert(i % 2, (i + 1) % 3, false));
        byTurns.add(new Insert((i + 1) % 2, i % 3, false));
        byTurns.add(new RemoveNext());
      }
      run(byTurns);
    }
  }

  void removeByContext() {
    for (int count = 1; count <= 4; count++) {
      for (int at = 0; at < count; at++) {
        List<Operation> operations = inserts(count, true);
        operations.add(new RemoveByContext(at));
        operations.add(new RemoveByContext(at));
        operations.add(new RemoveByContext((at + 1) % count));
        operations.add(new Insert(0, 1, true));
        operations.add(new RemoveNext());
        run(operations);
      }
    }
  }

  void cancel() {
    for (int count = 1; count <= 4; count++) {
      for (int at = 0; at < count; at++) {
        List<Operation> operations = inserts(count, at % 2 == 0);
        operations.add(new Cancel(at));
        operations.add(new Cancel((at + 2) % count));
        operations.add(new Insert(1, 0, false));
        operations.add(new RemoveNext());
        run(operations);
      }
    }
  }

  void removeByFile() {
    for (int count = 1; count <= 6; count++) {
      List<Operation> operations = inserts(count, false);
      for (int i = 0; i < count; i++) {
        operations.add(new RemoveNextOfFile((i / 2 + 1) % 2));
      }
      operations.add(new RemoveNext());
      run(operations);
    }
  }

  void cleanup() {
    for (int count = 1; count <= Math.max(5, contract.capacity()); count++) {
      for (int file = 0; file < 2; file++) {
        List<Operation> operations = inserts(count, false);
        operations.add(new Cleanup(file));
        operations.add(new RemoveNext());
        run(operations);
      }
    }
  }

  void cancelFirst() {
    for (int count = 1; count <= 3; count++) {
      List<Operation> operations = new ArrayList<>(List.of(new Cancel(count - 1), new Cancel(0)));
      operations.addAll(inserts(count, true));
      operations.add(new RemoveByContext(count - 1));
      operations.add(new Insert(0, 0, false));
      operations.add(new RemoveNext());
      run(operations);
    }
  }

  void any() {
    Random random = new Random(1);
    boolean byFile = hasPeekContexts();
    for (int i = 0; i < RANDOM_SEQUENCES; i++) {
      run(RandomOperations.sequence(random, 2 + random.nextInt(LONGEST), byFile));
    }
  }

  /** First as many as there must be room for, then far more. */
  void capacity() {
    run(inserts(contract.capacity(), false));
    ManyIrps many = new ManyIrps(contract, hasPeekContexts());
    many.watched();
    many.unwatched();
    if (hasPeekContexts()) {
      many.ofManyFiles();
    }
  }

  /** Which of so many IRPs of one file the queue declines does not depend on which file it is. */
  void filesAlike() {
    List<Boolean> ofFirst = declined(0);
    List<Boolean> ofSecond = declined(1);
    if (!ofFirst.equals(ofSecond)) {
      throw new ContractViolation(
          Clause.INSERT,
          "of " + ofFirst.size() + " IRPs the queue declines " + count(ofFirst) + " when they are of file 0, and "
              + count(ofSecond) + " when they are of file 1");
    }
  }

  private List<Boolean> declined(int file) {
    List<Operation> operations = new ArrayList<>();
    for (int i = 0; i < contract.capacity() + 2; i++) {
      operations.add(new Insert(file, 0, false));
    }
    return run.run(operations, Irql.PASSIVE_LEVEL).declined();
  }

  private static long count(List<Boolean> declined) {
    return declined.stream().filter(it -> it).count();
  }

  /** Two in, two out, many times over. */
  void goRound() {
    List<Operation> operations = inserts(Math.min(2, contract.capacity() - 2), false);
    for (int i = 0; i < ROUNDS; i++) {
      operations.add(new Insert(i % 2, i % 3, i % 5 == 0));
      operations.add(new Insert((i + 1) % 2, i % 3, false));
      operations.add(new RemoveNext());
      operations.add(new RemoveNext());
    }
    run(operations);
  }

  private static List<Operation> inserts(int count, boolean withContext) {
    List<Operation> operations = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      operations.add(new Insert(i % 2, (i * 2 + 1) % 3, withContext));
    }
    return operations;
  }

  /** Runs the operations, unless there would be more IRPs in the queue than it takes. */
  private void run(List<Operation> operations) {
    if (contract.mayDecline() || mostQueued(operations) <= contract.capacity()) {
      runWhatever(operations);
    }
  }

  private static int mostQueued(List<Operation> operations) {
    int queued = 0;
    int most = 0;
    for (Operation operation : operations) {
      queued += operation instanceof Insert ? 1 : operation instanceof RemoveNext && queued > 0 ? -1 : 0;
      most = Math.max(most, queued);
    }
    return most;
  }

  private void runWhatever(List<Operation> operations) {
    Stream.of(Irql.PASSIVE_LEVEL, Irql.APC_LEVEL, Irql.DISPATCH_LEVEL)
        .filter(irql -> !irql.isAbove(contract.highestIrql()))
        .forEach(irql -> run.run(operations, irql));
  }
}
