package com.example.reader;

import org.cancelsafe.csq.CsqCallbacks;
import org.cancelsafe.testkit.CsqContract;

/** Passes: the array is as good a queue as a list. */
class GoodCallbacksContractTest extends CsqContract {
  @Override
  protected CsqCallbacks callbacks() {
    return new ArrayCallbacks();
  }
}
