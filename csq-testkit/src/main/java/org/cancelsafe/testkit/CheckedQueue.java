package org.cancelsafe.testkit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.cancelsafe.csq.CsqCallbacks;
import org.cancelsafe.csq.CsqCallbacksEx;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.csq.IoCsqIrpContext;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Activity;
import org.jspecify.annotations.Nullable;

/** An {@code IO_CSQ} whose callbacks are checked, each time they are called, against the clauses of the contract. */
final class CheckedQueue implements QueueUnderTest {
  private final CsqContract contract;
  private final CsqCallbacks callbacks;
  private final IoCsq csq = new IoCsq();
  private final CheckedCallbacks checked;
  private final PeekContexts contexts = new PeekContexts();
  private final Map<FileObject, Integer> files = new ConcurrentHashMap<>();

  CheckedQueue(CsqContract contract, Terms terms) {
    this.contract = contract;
    this.callbacks = contract.callbacks();
    CallbackChecks checks = new CallbackChecks(Activity.current().machine());
    if (callbacks instanceof CsqCallbacksEx extended) {
      CheckedCallbacksEx checkedEx = new CheckedCallbacksEx(extended, terms, checks, contexts);
      checked = checkedEx;
      csq.initializeEx(checkedEx);
    } else {
      checked = new CheckedCallbacks(callbacks, terms, checks, contexts);
      csq.initialize(checked);
    }
  }

  CheckedQueue audited(boolean audited) {
    checked.setAudited(audited);
    return this;
  }

  IoCsq csq() {
    return csq;
  }

  void expect(Map<Irp, Request> requests) {
    checked.checks().expect(requests);
    requests.values().forEach(request -> know(request.file(), request.fileObject()));
  }

  private void know(int file, FileObject object) {
    files.put(object, file);
    contexts.put(file, contract.peekContext(object));
  }

  private @Nullable Object context(@Nullable FileObject file) {
    if (file == null) {
      return null;
    }
    Object context = contract.peekContext(file);
    Integer number = files.get(file);
    if (number != null) {
      contexts.put(number, context);
    }
    return context;
  }

  @Override
  public NtStatus insert(Irp irp, @Nullable IoCsqIrpContext context) {
    return csq.insertIrpEx(irp, context, contract.insertContext());
  }

  @Override
  public @Nullable Irp removeNext(@Nullable FileObject file) {
    return csq.removeNextIrp(context(file));
  }

  @Override
  public @Nullable Irp remove(IoCsqIrpContext context) {
    return csq.removeIrp(context);
  }

  @Override
  public void cleanup(FileObject file) {
    contract.cleanup(callbacks, csq, file);
  }

  @Override
  public boolean closesFiles() {
    return contract.closesFiles();
  }
}
