package org.cancelsafe.emu.ex;

/** A structure with a {@link ListEntry} inside that knows whether its memory may be used. For the executive. */
public interface ContainingRecord {
  /** Its link, or that of a neighbour in a list, is read or changed: a bug check when it is freed memory by now. */
  void checkLinkUsable();

  /** The same, where an interlocked routine does it, whose accesses are one step. */
  void checkLinkUsableInStep();

  /** Everything has ended, and it is in this list, which was there from the beginning: a bug check when it is freed. */
  void checkNotLeftIn(ListEntry head);
}
