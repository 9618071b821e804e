package org.cancelsafe.testkit;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.testkit.Operation.Insert;

/** The requests of one run: a driver that queues what it is sent, and the IRPs to send to it. */
final class Requests {
  private final QueueUnderTest queue;
  private final Terms terms;
  private final IoManager io;
  private final DeviceObject device;
  private final Map<Integer, FileObject> files = new ConcurrentHashMap<>();
  private final List<Request> all = new ArrayList<>();
  private final Map<Irp, Request> byIrp = new IdentityHashMap<>();

  Requests(QueueUnderTest queue, Terms terms, Machine machine) {
    this.queue = queue;
    this.terms = terms;
    this.io = IoManager.of(machine);
    DriverObject driver = new DriverObject("driver").setMajorFunction(MajorFunction.IRP_MJ_READ, this::dispatchRead);
    this.device = io.createDevice(driver, "device", null);
  }

  /** Makes a request that this client is going to send. All are made before any is sent. */
  Request prepare(int client, Insert insert) {
    Request request = new Request(all.size(), client, insert, file(insert.file()), io, terms);
    all.add(request);
    byIrp.put(request.irp(), request);
    return request;
  }

  /** No more requests are made. */
  void allPrepared() {
    if (queue instanceof CheckedQueue checked) {
      checked.expect(byIrp);
    }
  }

  FileObject file(int number) {
    return files.computeIfAbsent(number, n -> new FileObject("file " + n, device));
  }

  List<Request> all() {
    return all;
  }

  Request of(Irp irp) {
    Request request = byIrp.get(irp);
    if (request == null) {
      throw new ContractViolation(Clause.NEW_QUEUE, "the queue returned " + irp + ", which nobody inserted into it");
    }
    return request;
  }

  void send(Request request) {
    request.send(device);
  }

  /** Returns whether a cancel routine was called. */
  boolean cancel(Request request) {
    return io.cancelIrp(request.irp());
  }

  private NtStatus dispatchRead(DeviceObject target, Irp irp) {
    Request request = of(irp);
    NtStatus status = queue.insert(irp, request.context());
    if (status.isSuccess()) {
      return NtStatus.STATUS_PENDING;
    }
    request.wasDeclined(status);
    irp.setIoStatus(status, 0);
    io.completeRequest(irp);
    return status;
  }

  /** Completes an IRP that was removed. */
  void finish(Irp irp) {
    of(irp).wasRemoved();
    irp.setIoStatus(NtStatus.STATUS_SUCCESS, 0);
    io.completeRequest(irp);
  }
}
