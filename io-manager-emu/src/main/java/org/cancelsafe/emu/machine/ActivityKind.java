package org.cancelsafe.emu.machine;

/** What kind of thing runs. */
public enum ActivityKind {
  /** A thread: preemptible, and movable between processors, below DISPATCH_LEVEL. */
  THREAD("thread"),
  /** A deferred procedure call: runs at DISPATCH_LEVEL on the processor it was queued to. */
  DPC("DPC"),
  /** A threaded DPC: runs at PASSIVE_LEVEL in a thread that no other thread preempts. */
  THREADED_DPC("threaded DPC"),
  /** An interrupt service routine: runs at its device's level, on whatever processor took the interrupt. */
  ISR("ISR"),
  /** Hardware, such as a timer that expires or a device: needs no processor. */
  HARDWARE("hardware");

  private final String word;

  ActivityKind(String word) {
    this.word = word;
  }

  /** The kind in a message. */
  public String word() {
    return word;
  }
}
