package org.cancelsafe.csq;

import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.Irp;

/**
 * First in, first out. A peek context is a {@link FileObject} and means the IRPs of that file, as a cleanup routine
 * wants them.
 */
public class FifoCallbacks extends ListCallbacks {
  /** An empty queue with this name for traces. */
  public FifoCallbacks(String name) {
    super(name);
  }

  @Override
  public void insertIrp(IoCsq csq, Irp irp) {
    queue().insertTail(irp.listEntry());
  }

  @Override
  protected boolean matches(Irp irp, Object peekContext) {
    return irp.currentStackLocation().fileObject() == peekContext;
  }
}
