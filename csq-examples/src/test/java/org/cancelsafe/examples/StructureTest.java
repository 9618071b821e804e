package org.cancelsafe.examples;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Dependencies only point down. */
class StructureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("org.cancelsafe");

  @Test
  void noPackagesDependOnEachOtherInACircle() {
    slices().matching("org.cancelsafe.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void theMachineKnowsNothingOfTheQueueOrTheHunter() {
    noClasses()
        .that()
        .resideInAPackage("org.cancelsafe.emu..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.cancelsafe.csq..", "org.cancelsafe.hunter..", "org.cancelsafe.testkit..")
        .check(CLASSES);
  }

  @Test
  void theHunterKnowsNothingOfTheQueue() {
    noClasses()
        .that()
        .resideInAPackage("org.cancelsafe.hunter..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.cancelsafe.csq..", "org.cancelsafe.testkit..", "org.cancelsafe.examples..")
        .check(CLASSES);
  }

  @Test
  void librariesDoNotPrint() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "org.cancelsafe.emu..", "org.cancelsafe.csq..", "org.cancelsafe.hunter..", "org.cancelsafe.testkit..")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(CLASSES);
  }
}
