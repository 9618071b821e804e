package org.cancelsafe.examples.ported;

import static org.cancelsafe.emu.io.NtStatus.STATUS_CONTINUE_COMPLETION;
import static org.cancelsafe.emu.io.NtStatus.STATUS_MORE_PROCESSING_REQUIRED;

import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.testkit.junit.RaceHunt;

/** Well-known mistakes with IRPs that the catalogue does not have under this shape, each with its correction. */
class IrpsTest {
  @RaceHunt(expectRace = "IrpTouchedAfterCompletion", seconds = 60)
  void theNextEntryIsGoneWhenTheLockWasGivenUp(Machine machine) {
    new ReadModels().cleanup(machine, false);
  }

  @RaceHunt(seconds = 60)
  void whoGaveUpTheLockBeginsAgain(Machine machine) {
    new ReadModels().cleanup(machine, true);
  }

  @RaceHunt(expectRace = "CompleteWithCancelRoutine", seconds = 60)
  void whoMovesAnIrpThatIsBeingCancelledArmsItAgain(Machine machine) {
    new ReadModels().moves(machine, false);
  }

  @RaceHunt(seconds = 60)
  void whoMovesAnIrpOwnsItFirst(Machine machine) {
    new ReadModels().moves(machine, true);
  }

  @RaceHunt(expectRace = "IrpTouchedAfterCompletion", seconds = 60)
  void theWalkGoesOnWithAnIrpThatItsMakerFrees(Machine machine) {
    new ReadModels().sendsAndFrees(machine, STATUS_CONTINUE_COMPLETION);
  }

  @RaceHunt(seconds = 60)
  void theWalkEndsInTheRoutineOfTheMaker(Machine machine) {
    new ReadModels().sendsAndFrees(machine, STATUS_MORE_PROCESSING_REQUIRED);
  }

  @RaceHunt(expectRace = "IrpTouchedAfterCompletion", seconds = 60)
  void anIrpIsCancelledThatItsCompletionRoutineHasFreed(Machine machine) {
    new ReadModels().timedRequest(machine, false);
  }

  @RaceHunt(seconds = 60)
  void fourStatesSayWhoFrees(Machine machine) {
    new ReadModels().timedRequest(machine, true);
  }

  @RaceHunt(expectRace = "Deadlock", seconds = 60)
  void twoReadsAreOneSignal(Machine machine) {
    new ReadModels().worker(machine, false);
  }

  @RaceHunt(seconds = 60)
  void whoIsWokenServesAllThereIs(Machine machine) {
    new ReadModels().worker(machine, true);
  }
}
