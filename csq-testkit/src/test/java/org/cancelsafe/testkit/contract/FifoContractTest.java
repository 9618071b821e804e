package org.cancelsafe.testkit.contract;

import org.cancelsafe.csq.CsqCallbacks;
import org.cancelsafe.csq.FifoCallbacks;
import org.cancelsafe.testkit.CsqContract;

class FifoContractTest extends CsqContract {
  @Override
  protected CsqCallbacks callbacks() {
    return new FifoCallbacks("queue");
  }
}
