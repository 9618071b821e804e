package org.cancelsafe.testkit.sweep;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.cancelsafe.testkit.ClientProgram;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The sweep that finds nothing in the queue finds something in each of its mutants, and soon. */
@Tag("mutants")
class MutantsTest {
  private static final int ENOUGH = 200;
  private static final List<ClientProgram> PROGRAMS = SweptPrograms.upTo(3, 2, 2).subList(0, ENOUGH);

  static List<Mutant> mutants() {
    return Mutant.all();
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void isKilled(Mutant mutant) throws ReflectiveOperationException, IOException {
    Sweep sweep = new Sweep(PROGRAMS, MutantLoader.driverOn(mutant)).run(1);
    assertNotNull(sweep.found(), () -> "survives " + sweep);
  }

  @Test
  void thereAreTwentyOrMore() {
    assertTrue(mutants().size() >= 20);
  }

  @Test
  void whatIsNoMutantSurvives() throws ReflectiveOperationException, IOException {
    Mutant none = new Mutant("the queue itself", List.of());
    Sweep sweep = new Sweep(PROGRAMS, MutantLoader.driverOn(none)).run(1);
    assertTrue(sweep.found() == null && sweep.classes() > ENOUGH, sweep::toString);
  }
}
