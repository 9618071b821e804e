package com.example.reader;

import org.cancelsafe.csq.CsqCallbacks;
import org.cancelsafe.csq.FifoCallbacks;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.testkit.CsqContract;

class BrokenCallbacksContractTest extends CsqContract {
  @Override
  protected CsqCallbacks callbacks() {
    return new FifoCallbacks("queue") { // your callbacks go here
      @Override
      public Irp peekNextIrp(IoCsq csq, Irp irp, Object peekContext) {
        return super.peekNextIrp(csq, null, peekContext); // begins at the head, whatever irp is
      }
    };
  }
}
