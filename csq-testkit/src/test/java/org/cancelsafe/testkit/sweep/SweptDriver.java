package org.cancelsafe.testkit.sweep;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.cancelsafe.csq.FifoCallbacks;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.csq.IoCsqIrpContext;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.testkit.ClientProgram;
import org.cancelsafe.testkit.Operation;
import org.jspecify.annotations.Nullable;

/** Makes models of programs whose clients send reads to a driver that queues them. Loaded anew for each mutant. */
public final class SweptDriver implements Function<ClientProgram, Scenario.Model> {
  private static final int CONTEXT = 0;

  @Override
  public Scenario.Model apply(ClientProgram program) {
    return machine -> new Run(machine).start(program);
  }

  private static final class Run implements Operation.Client {
    private final Machine machine;
    private final IoManager io;
    private final IoCsq csq = new IoCsq();
    private final DeviceObject device;
    private final FileObject file;
    private final List<Irp> irps = new ArrayList<>();
    private final List<@Nullable Object> contexts = new ArrayList<>();

    Run(Machine machine) {
      this.machine = machine;
      io = IoManager.of(machine);
      csq.initialize(new FifoCallbacks("queue"));
      DriverObject driver = new DriverObject("driver").setMajorFunction(MajorFunction.IRP_MJ_READ, this::read);
      device = io.createDevice(driver, "device", null);
      file = new FileObject("file", device);
    }

    void start(ClientProgram program) {
      List<List<Runnable>> threads = new ArrayList<>();
      for (List<Operation> operations : program.threads()) {
        threads.add(operations.stream().map(this::step).toList());
      }
      for (int i = 0; i < threads.size(); i++) {
        List<Runnable> steps = threads.get(i);
        machine.startThread("client " + i, () -> steps.forEach(Runnable::run));
      }
    }

    private Runnable step(Operation operation) {
      if (operation instanceof Operation.Insert insert) {
        Irp irp = io.buildRequest(file, MajorFunction.IRP_MJ_READ);
        irp.setDriverContext(CONTEXT, insert.withContext() ? new IoCsqIrpContext() : null);
        irps.add(irp);
        contexts.add(irp.driverContext(CONTEXT));
        return () -> io.callDriver(device, irp);
      }
      return () -> operation.performedBy(this);
    }

    private NtStatus read(DeviceObject target, Irp irp) {
      csq.insertIrp(irp, (IoCsqIrpContext) irp.driverContext(CONTEXT));
      return NtStatus.STATUS_PENDING;
    }

    private void complete(@Nullable Irp irp, NtStatus status) {
      if (irp != null) {
        if (irp.listEntry().isLinked()) {
          throw new AssertionError(irp + " was removed and is still linked");
        }
        irp.setIoStatus(status, 0);
        io.completeRequest(irp);
      }
    }

    @Override
    public void insert(Operation.Insert insert) {
      throw new AssertionError("an insert is made with its IRP");
    }

    @Override
    public void removeNext() {
      complete(csq.removeNextIrp(null), NtStatus.STATUS_SUCCESS);
    }

    @Override
    public void removeNextOfFile(int number) {
      complete(csq.removeNextIrp(file), NtStatus.STATUS_SUCCESS);
    }

    @Override
    public void removeByContext(int insert) {
      IoCsqIrpContext context = (IoCsqIrpContext) requireNonNull(contexts.get(insert));
      complete(csq.removeIrp(context), NtStatus.STATUS_SUCCESS);
    }

    @Override
    public void cancel(int insert) {
      io.cancelIrp(irps.get(insert));
    }

    @Override
    public void cleanup(int number) {
      for (Irp irp = csq.removeNextIrp(file); irp != null; irp = csq.removeNextIrp(file)) {
        complete(irp, NtStatus.STATUS_CANCELLED);
      }
    }
  }
}
