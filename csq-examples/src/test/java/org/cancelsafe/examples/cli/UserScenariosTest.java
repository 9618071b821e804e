package org.cancelsafe.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.cancelsafe.examples.catalogue.Catalogue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The command over a class that it has never seen, compiled into a directory or a jar. */
class UserScenariosTest {
  private static final String HEAD =
      """
      package com.example;
      import java.util.List;
      import org.cancelsafe.emu.ex.InterlockedLong;
      import org.cancelsafe.emu.machine.Machine;
      import org.cancelsafe.hunter.scenario.Scenario;
      import org.cancelsafe.testkit.junit.RaceHunt;
      """;
  private static final String COUNT =
      """
        static void count(Machine machine, boolean right) {
          InterlockedLong counter = new InterlockedLong("counter", 0);
          Runnable add = () -> {
            if (right) { counter.increment(); } else { counter.write(counter.read() + 1); }
          };
          machine.startThread("One", add);
          machine.startThread("Two", add);
          machine.afterwards(() -> { if (counter.read() != 2) { throw new AssertionError("lost"); } });
        }
      """;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path directory;

  private int csq(String... args) {
    CommandLine command = Csq.commandLine(Catalogue.all());
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(err));
    return command.execute(args);
  }

  private int hunt(String scenario, String... more) {
    List<String> args = new ArrayList<>(List.of("hunt", "--classpath", directory.toString(), "--scenario", scenario));
    args.addAll(List.of(more));
    return csq(args.toArray(String[]::new));
  }

  private void compile(String name, String body) throws IOException {
    Path source = Files.createDirectories(directory.resolve("src")).resolve(name + ".java");
    Files.writeString(source, HEAD + body);
    int result =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null, null, null, "-proc:none", "-d", directory.toString(), "-cp",
                System.getProperty("java.class.path") + File.pathSeparator + directory, source.toString());
    assertEquals(0, result, "the test's own source does not compile");
  }

  private void compileModels() throws IOException {
    compile(
        "Models",
        """
        public class Models {
          static final Scenario FIELD =
              Scenario.named("of.field").expectingRace("AssertionFailed").model(machine -> count(machine, false));

          List<Scenario> listed() {
            return List.of(Scenario.named("of.method").model(machine -> count(machine, true)));
          }

          List<String> notTheseNorCalled() {
            throw new IllegalStateException("called");
          }

          @RaceHunt(expectRace = RaceHunt.ANY_RULE, processors = 2)
          void annotated(Machine machine) {
            count(machine, false);
          }

          static class Nested {
            static Scenario only() {
              return Scenario.named("of.nested").model(machine -> count(machine, false));
            }
          }
        """ + COUNT + "}");
  }

  @Test
  void findsFieldsMethodsAndAnnotatedMethods() throws IOException {
    compileModels();
    assertEquals(0, hunt("com.example.Models"), err::toString);
    assertTrue(out.toString().contains("3 scenarios: 2 races found, 1 verified"), out::toString);
    assertTrue(out.toString().contains("\nModels.annotated "), out::toString);
  }

  @Test
  void aNestedClassIsWrittenWithADot() throws IOException {
    compileModels();
    assertEquals(1, hunt("com.example.Models.Nested"), err::toString);
    assertTrue(out.toString().contains("1 not as expected"), out::toString);
  }

  @Test
  void namesChooseAmongThem() throws IOException {
    compileModels();
    assertEquals(0, hunt("com.example.Models", "of.field"), err::toString);
    assertTrue(out.toString().contains("1 scenario: 1 race found"), out::toString);
    assertEquals(2, hunt("com.example.Models", "T-3"));
  }

  @Test
  void takesJarsAndReplays() throws IOException {
    compileModels();
    Path jar = directory.resolve("models.jar");
    try (JarOutputStream to = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> classes = Files.list(directory.resolve("com/example"))) {
      for (Path file : classes.toList()) {
        to.putNextEntry(new JarEntry("com/example/" + file.getFileName()));
        Files.copy(file, to);
      }
    }
    assertEquals(
        0, csq("hunt", "--classpath", jar.toString(), "--scenario", "com.example.Models", "of.field"), err::toString);
    String replay = out.toString().lines().filter(line -> line.startsWith("replay ")).findFirst().orElseThrow();
    String string = replay.substring(replay.lastIndexOf(' ') + 1);
    assertEquals(
        0, csq("replay", string, "--classpath", jar.toString(), "--scenario", "com.example.Models"), err::toString);
  }

  private void assertRefused(String reason, int exit) {
    assertEquals(2, exit, out::toString);
    assertTrue(err.toString().startsWith("csq: ") && err.toString().contains(reason), err::toString);
    assertEquals(1, err.toString().lines().count(), err::toString);
  }

  @Test
  void whatCannotBeUsedIsSaidInOneLine() throws IOException {
    compileModels();
    assertRefused("no class com.example.Model on --classpath", hunt("com.example.Model"));
  }

  @Test
  void aClassWithoutScenariosIsRefused() throws IOException {
    compile("Empty", "public class Empty {}");
    assertRefused("com.example.Empty has no scenarios", hunt("com.example.Empty"));
  }

  @Test
  void aMethodThatThrowsIsNamed() throws IOException {
    compile("Bad", "public class Bad { static Scenario s() { throw new IllegalStateException(\"not now\"); } }");
    assertRefused("com.example.Bad.s threw java.lang.IllegalStateException: not now", hunt("com.example.Bad"));
  }

  @Test
  void aClassThatCannotBeMadeIsNamed() throws IOException {
    compile("Fussy", "public class Fussy { Fussy(int i) {} Scenario s() { return null; } }");
    assertRefused("no constructor without parameters", hunt("com.example.Fussy"));
  }

  @Test
  void aHuntThatIsWrittenWronglyIsNamed() throws IOException {
    compile("Odd", "public class Odd { @RaceHunt(processors = 0) void hunt(Machine machine) {} }");
    assertRefused("@RaceHunt of Odd.hunt: processors is 1 or more, not 0", hunt("com.example.Odd"));
  }

  @Test
  void aDisabledHuntIsNone() throws IOException {
    compile("Off", "public class Off { @RaceHunt @org.junit.jupiter.api.Disabled void hunt(Machine machine) {} }");
    assertRefused("com.example.Off has no scenarios", hunt("com.example.Off"));
  }

  @Test
  void aModelThatStartsNothingIsAnError() throws IOException {
    compile("Idle", "public class Idle { @RaceHunt void hunt(Machine machine) {} }");
    assertEquals(1, hunt("com.example.Idle"), err::toString);
    assertTrue(out.toString().contains("NothingStarted  scenario Idle.hunt starts no activity"), out::toString);
  }

  @Test
  void aSetUpThatThrowsIsAnErrorThatSaysWhere() throws IOException {
    compile(
        "Rash",
        "public class Rash { @RaceHunt void hunt(Machine machine) { throw new IllegalStateException(\"no device\"); } }");
    assertEquals(1, hunt("com.example.Rash"), err::toString);
    assertTrue(
        out.toString()
            .contains("SetUpFailed  the set-up of Rash.hunt threw java.lang.IllegalStateException: no device, at Rash"),
        out::toString);
    assertTrue(out.toString().contains("1 scenario: 0 races found, 0 verified, 1 not as expected"), out::toString);
  }

  @Test
  void nestedTestsAreHuntedInWithTheirOuterClassAndAlone() throws IOException {
    compile(
        "Outer",
        """
        public class Outer {
          boolean locked = true;

          @RaceHunt
          void own(Machine machine) {
            count(machine, locked);
          }

          @org.junit.jupiter.api.Nested
          class Inner {
            @RaceHunt
            void inner(Machine machine) {
              count(machine, locked);
            }

            Scenario of = Scenario.named("of.inner").model(machine -> count(machine, locked));
          }
        """ + COUNT + "}");
    assertEquals(0, hunt("com.example.Outer"), err::toString);
    assertTrue(out.toString().contains("\nOuter.own "), out::toString);
    assertTrue(out.toString().contains("\nOuter.Inner.inner "), out::toString);
    assertTrue(out.toString().contains("2 scenarios: 0 races found, 2 verified"), out::toString);
    assertEquals(0, hunt("com.example.Outer.Inner"), err::toString);
    assertTrue(out.toString().contains("\nof.inner "), out::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cut", "longer", "no letters", "another step"})
  void aReplayStringThatIsNotWholeIsRefusedInOneLine(String how) throws IOException {
    compileModels();
    hunt("com.example.Models", "of.field");
    String line = out.toString().lines().filter(it -> it.startsWith("replay ")).findFirst().orElseThrow();
    String whole = line.substring(line.lastIndexOf(' ') + 1);
    int letters = whole.lastIndexOf(':');
    err.getBuffer().setLength(0);
    String string =
        switch (how) {
          case "cut" -> whole.substring(0, whole.length() - 1);
          case "longer" -> whole + "A";
          case "no letters" -> whole.substring(0, letters);
          default -> whole.substring(0, letters) + ".C" + whole.substring(letters);
        };
    assertRefused(
        "not a whole replay string",
        csq("replay", string, "--classpath", directory.toString(), "--scenario", "com.example.Models"));
  }

  @Test
  void aReplayOfOwnScenariosSaysWhatItNeeds() {
    assertRefused("needs --classpath and --scenario", csq("replay", "Mine.hunt:2:0123abcd:A2.B.A:Qx0vc4Lt"));
  }

  @Test
  void aMissingClassIsNamed() throws IOException {
    compile("Helper", "class Helper { static Scenario s() { return null; } }");
    compile("Needy", "public class Needy { static Scenario s = Helper.s(); }");
    Files.delete(directory.resolve("com/example/Helper.class"));
    assertRefused("needs a class that is not on --classpath: ", hunt("com.example.Needy"));
  }

  @Test
  void aMissingPathIsNamed() {
    assertRefused("there is no /no/such/dir", csq("hunt", "--classpath", "/no/such/dir", "--scenario", "X"));
  }

  @Test
  void aClassPathAloneIsNotEnough() {
    assertRefused("--classpath goes with --scenario CLASS", csq("hunt", "--classpath", "."));
  }
}
