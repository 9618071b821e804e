package com.example.reader;

import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.csq.CsqCallbacks;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;

/** The driver's queue: an array instead of a list. A peek context is a file object. */
class ArrayCallbacks implements CsqCallbacks {
  final List<Irp> irps = new ArrayList<>();
  private final KSpinLock lock = new KSpinLock("lock");

  @Override
  public void insertIrp(IoCsq csq, Irp irp) {
    irps.add(irp);
  }

  @Override
  public void removeIrp(IoCsq csq, Irp irp) {
    irps.remove(irp);
  }

  @Override
  public Irp peekNextIrp(IoCsq csq, Irp irp, Object peekContext) {
    for (int i = irps.indexOf(irp) + 1; i < irps.size(); i++) {
      if (peekContext == null || irps.get(i).currentStackLocation().fileObject() == peekContext) {
        return irps.get(i);
      }
    }
    return null;
  }

  @Override
  public Irql acquireLock(IoCsq csq) {
    return lock.acquire();
  }

  @Override
  public void releaseLock(IoCsq csq, Irql irql) {
    lock.release(irql);
  }

  @Override
  public void completeCanceledIrp(IoCsq csq, Irp irp) {
    irp.setIoStatus(NtStatus.STATUS_CANCELLED, 0);
    irp.io().completeRequest(irp);
  }
}
