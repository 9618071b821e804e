package org.cancelsafe.examples.catalogue;

/** What an entry is about: the chapters of the page of lost races. */
public enum Family {
  /** What everybody should have seen once. */
  FIRST("First of all"),
  /** An IRP goes into a queue. */
  ARMING("Arming and inserting"),
  /** An IRP is taken out of a queue. */
  REMOVING("Removing"),
  /** An IRP is cancelled. */
  CANCEL_ROUTINE("The cancel routine"),
  /** Timers, cleanup, removal and unload. */
  TEARDOWN("Timeout, cleanup, teardown"),
  /** An IRP is completed, once, and gone. */
  COMPLETION("Completion"),
  /** Somebody is to take up work. */
  WAKE_UPS("Wake-ups and bookkeeping"),
  /** Designs of driver samples, and the queues of this project. */
  DESIGNS("Designs that hold");

  private final String title;

  Family(String title) {
    this.title = title;
  }

  /** The chapter's title. */
  public String title() {
    return title;
  }
}
