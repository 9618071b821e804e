package org.cancelsafe.testkit;

import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.testkit.Operation.Cancel;
import org.cancelsafe.testkit.Operation.Cleanup;
import org.cancelsafe.testkit.Operation.Insert;
import org.cancelsafe.testkit.Operation.RemoveByContext;
import org.cancelsafe.testkit.Operation.RemoveNext;
import org.cancelsafe.testkit.Operation.RemoveNextOfFile;

/** Far more IRPs, and of more files, than there must be room for: who has no room says so. */
final class ManyIrps {
  private static final int IRPS = 1_100;
  private static final int OF_ONE_FILE = 40;
  private static final int FILES = 9;
  private static final int WATCHED = 120;
  private static final int MANY_FILES = 300;

  private final CsqContract contract;
  private final boolean byFile;

  ManyIrps(CsqContract contract, boolean byFile) {
    this.contract = contract;
    this.byFile = byFile;
  }

  /** So many that a walk through the structure after each operation would take too long. */
  void unwatched() {
    List<Operation> operations = new ArrayList<>();
    for (int i = 0; i < IRPS; i++) {
      int file = i < OF_ONE_FILE ? 0 : i == OF_ONE_FILE ? 1 : i % FILES;
      operations.add(new Insert(file, (i * 2 + 1) % 3, i % 3 == 0));
    }
    takeSome(operations, IRPS);
    if (byFile) {
      operations.add(new RemoveNextOfFile(1));
      operations.add(new RemoveNextOfFile(FILES - 1));
      operations.add(new Cleanup(2));
      operations.add(new RemoveNextOfFile(FILES));
    }
    run(new SequenceRun(contract, false), operations, Irql.PASSIVE_LEVEL);
  }

  /** Fewer, each operation watched, and a file for every few of them. */
  void watched() {
    List<Operation> operations = new ArrayList<>();
    for (int i = 0; i < WATCHED; i++) {
      operations.add(new Insert(i % FILES, (i * 2 + 1) % 3, true));
    }
    takeSome(operations, WATCHED);
    run(new SequenceRun(contract, true), operations, contract.highestIrql());
  }

  /** Each of a file of its own, and more files than a byte can count: whose number is small is not whose is large. */
  void ofManyFiles() {
    List<Operation> operations = new ArrayList<>();
    for (int i = 0; i < MANY_FILES; i++) {
      operations.add(new Insert(i, 0, false));
    }
    for (int file : new int[] {257, 1, 1, 290, 10, 129, 130}) {
      operations.add(new RemoveNextOfFile(file));
    }
    operations.add(new Cleanup(2));
    operations.add(new Cleanup(131));
    operations.add(new RemoveNextOfFile(131));
    run(new SequenceRun(contract, false), operations, Irql.PASSIVE_LEVEL);
  }

  private static void takeSome(List<Operation> operations, int count) {
    for (int at : new int[] {count / 2, 0, count - 1, count / 3}) {
      operations.add(new Cancel(at));
      operations.add(new RemoveByContext((at + 3) / 3 * 3 < count ? (at + 3) / 3 * 3 : 3));
      operations.add(new RemoveNext());
    }
    operations.add(new Insert(0, 0, false));
    operations.add(new Insert(1, 1, false));
  }

  private void run(SequenceRun run, List<Operation> operations, Irql irql) {
    try {
      run.run(operations, irql);
    } catch (ContractViolation e) {
      boolean isFull = e.clause() == Clause.NO_EXCEPTION && e.getMessage().startsWith("CsqInsertIrp threw");
      if (!isFull || contract.mayDecline()) {
        throw e;
      }
    }
  }
}
