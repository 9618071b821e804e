package org.cancelsafe.testkit;

/** One thing that happens to a driver. Requests are numbered through the program, and cancels refer to them so. */
sealed interface DriverOperation {
  /** A request is sent, for a file, from 0. */
  record Send(int file) implements DriverOperation {
    @Override
    public String toString() {
      return "send(file " + file + ")";
    }
  }

  /** The request with this number is cancelled; it may not be sent yet, or be completed already. */
  record Cancel(int request) implements DriverOperation {
    @Override
    public String toString() {
      return "cancel(#" + request + ")";
    }
  }

  /** The last handle of a file is closed. */
  record Cleanup(int file) implements DriverOperation {
    @Override
    public String toString() {
      return "cleanup(file " + file + ")";
    }
  }

  /** The hardware serves a request. */
  record Serve() implements DriverOperation {
    @Override
    public String toString() {
      return "serve()";
    }
  }

  /** The driver goes away. */
  record Unload() implements DriverOperation {
    @Override
    public String toString() {
      return "unload()";
    }
  }
}
