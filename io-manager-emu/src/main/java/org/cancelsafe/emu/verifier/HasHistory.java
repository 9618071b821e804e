package org.cancelsafe.emu.verifier;

import java.util.List;

/** A parameter of a bug check that knows what happened to it: an IRP. */
public interface HasHistory {
  /** The last events, the earliest first; none where nobody kept them. */
  List<IrpEvent> history();
}
