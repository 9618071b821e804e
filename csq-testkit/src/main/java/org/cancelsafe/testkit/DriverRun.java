package org.cancelsafe.testkit;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.testkit.DriverOperation.Cancel;
import org.cancelsafe.testkit.DriverOperation.Cleanup;
import org.cancelsafe.testkit.DriverOperation.Send;
import org.cancelsafe.testkit.DriverOperation.Serve;

/** One program on one machine: what happens to the driver, and what became of its requests. */
final class DriverRun {
  private final DriverUnderTest driver;
  private final DriverProgram program;
  private final MajorFunction major;
  private final IoManager io;
  private final Machine machine;
  private final Map<Integer, FileObject> files = new ConcurrentHashMap<>();
  private final List<DriverRequest> requests = new ArrayList<>();
  private final int inHardware;
  private volatile boolean unloading;
  private volatile boolean unloaded;

  DriverRun(DriverContract contract, DriverProgram program, Machine machine) {
    this.io = IoManager.of(machine);
    this.driver = contract.load(io);
    this.program = program;
    this.major = contract.major();
    this.machine = machine;
    this.inHardware = contract.inHardware();
  }

  /** On a machine that boots: starts the threads, and has the machine judged afterwards. */
  void setUp() {
    prepare();
    int next = 0;
    for (int thread = 0; thread < program.threads().size(); thread++) {
      ImmutableList<DriverOperation> operations = program.threads().get(thread);
      int first = next;
      next += (int) operations.stream().filter(Send.class::isInstance).count();
      if (thread == 0) {
        perform(operations, first);
      } else {
        machine.startThread(operations.get(0).toString(), () -> perform(operations, first));
      }
    }
    machine.atRest("judge", this::judgeUnserved);
    requests.forEach(request -> machine.atRest("serve", this::serve));
    machine.afterwards(this::judgeServed);
  }

  /** On a machine that boots: makes the requests, and no more. */
  void prepare() {
    program.sends()
        .forEach(send -> requests.add(new DriverRequest(requests.size(), send.file(), file(send), major, io)));
  }

  /** What the first thread does. */
  void performFirst() {
    perform(program.threads().get(0), 0);
  }

  /** The hardware serves once more. */
  void serve() {
    driver.serve();
    checkLeftAlone(new Serve());
  }

  /** Judges the requests at rest, when those that the hardware has may still be pending. */
  void judgeUnserved() {
    requests.forEach(request -> request.judge(unloading, unloaded));
    List<DriverRequest> kept = requests.stream().filter(DriverRequest::isKeptByHardware).toList();
    if (kept.size() > inHardware) {
      throw new ContractViolation(
          kept.stream().anyMatch(DriverRequest::wasCancelled) ? Clause.NO_LOST_CANCEL : Clause.CLEANUP,
          kept.stream().map(String::valueOf).collect(Collectors.joining(" and "))
              + " were to be cancelled and are pending, and the hardware has no more than " + inHardware);
    }
  }

  /** Judges the requests when so much was served that nothing can be pending. */
  void judgeServed() {
    requests.forEach(DriverRequest::judgeServed);
    requests.forEach(request -> request.judge(unloading, unloaded));
  }

  private FileObject file(Send send) {
    return file(send.file());
  }

  private FileObject file(int number) {
    return files.computeIfAbsent(number, n -> new FileObject("file " + n, driver.device()));
  }

  private void perform(List<DriverOperation> operations, int firstSend) {
    int send = firstSend;
    for (DriverOperation operation : operations) {
      if (operation instanceof Send) {
        send(requests.get(send++));
      } else if (operation instanceof Cancel cancel) {
        requests.get(cancel.request()).isCancelled();
        io.cancelIrp(requests.get(cancel.request()).irp());
      } else if (operation instanceof Cleanup cleanup) {
        cleanUp(cleanup.file());
      } else if (operation instanceof Serve) {
        driver.serve();
      } else {
        unloading = true;
        driver.unload();
        unloaded = true;
      }
      checkLeftAlone(operation);
    }
  }

  private void send(DriverRequest request) {
    io.callDriver(driver.device(), request.irp());
    request.wasSent();
  }

  private void cleanUp(int file) {
    requests.stream().filter(request -> request.file() == file).forEach(DriverRequest::isCleanedUp);
    Irp irp = io.buildRequest(file(file), MajorFunction.IRP_MJ_CLEANUP);
    io.callDriver(driver.device(), irp);
    if (irp.userIosb().status() == null) {
      throw new ContractViolation(Clause.CLEANUP, "IRP_MJ_CLEANUP was not completed when its dispatch returned");
    }
  }

  private static void checkLeftAlone(DriverOperation operation) {
    Activity self = Activity.current();
    if (self.irql() != Irql.PASSIVE_LEVEL || self.spinLocksHeld() > 0) {
      throw new ContractViolation(
          Clause.LOCK_BALANCE,
          operation + " returned at " + self.irql() + " with " + self.spinLocksHeld() + " spin locks held");
    }
  }
}
