package org.cancelsafe.hunter.explore;

import org.cancelsafe.emu.machine.Activity;

/** Model code that has caught what unwinds it at the end of a run, and goes on and on. */
final class StopCaught extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  StopCaught(Activity activity) {
    super(
        activity + " goes on when its run is over, at " + SourceSites.current()
            + ": it catches what unwinds it again and again; a loop of model code catches Exception, and not Throwable "
            + "or Error");
  }
}
