package org.cancelsafe.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.examples.catalogue.Catalogue;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The page of a counterexample in a real browser. Skipped, and said so, where there is no Chromium. */
class HtmlPageTest {
  private static Path program;

  @TempDir private Path directory;

  @BeforeAll
  static void findBrowser() {
    Optional<Path> found = Browser.find();
    Assumptions.assumeTrue(
        found.isPresent(), "no Chromium on the PATH (Debian: apt-get install chromium): the page is not tested");
    program = found.orElseThrow();
  }

  private Path page(List<Scenario> catalogue, String name) {
    CommandLine command = Csq.commandLine(catalogue);
    command.setOut(new PrintWriter(new StringWriter()));
    command.setErr(new PrintWriter(new StringWriter()));
    assertEquals(0, command.execute("hunt", name, "--format", "html", "--output", directory + "/"));
    return directory.resolve(name + ".html");
  }

  private Browser open(Path page, String fragment) throws Exception {
    return Browser.open(program, Path.of("target", "browser").toAbsolutePath(), URI.create(page.toUri() + fragment));
  }

  private static String step(Browser browser) throws Exception {
    return browser.evaluate("document.documentElement.dataset.step");
  }

  private static String now(Browser browser) throws Exception {
    return browser.evaluate("document.getElementById('now').innerText");
  }

  @Test
  void opensStepsAndShowsTheViolation() throws Exception {
    Path page = page(Catalogue.all(), "T-9.broken");
    try (Browser browser = open(page, "")) {
      assertTrue(browser.evaluate("document.querySelector('h1').innerText").contains("CorruptListEntry"));
      assertEquals("0", step(browser));
      browser.press("ArrowRight");
      assertEquals("1", step(browser));
      assertTrue(now(browser).contains("KeAcquireSpinLock(lock)"), now(browser));
      assertTrue(now(browser).contains("A2"), "the processor's IRQL: " + now(browser));
      assertEquals("1", browser.evaluate("document.querySelectorAll('tr.now').length"));
      browser.press("ArrowLeft");
      assertEquals("0", step(browser));
      browser.press("End");
      assertEquals("violation", step(browser));
      assertTrue(now(browser).contains("Cancel breaks CorruptListEntry"), now(browser));
      assertEquals("0", browser.evaluate("document.querySelectorAll('tr.later').length"));
      browser.evaluate(
          "(() => { const s = document.getElementById('slider'); s.value = 0;"
              + " s.dispatchEvent(new Event('input')); })()");
      assertEquals("0", step(browser));
      List<String> requests = browser.requested();
      assertTrue(requests.stream().allMatch(page.toUri().toString()::equals), "asks for " + requests);
      if (Boolean.getBoolean("page.pictures")) {
        browser.press("End");
        for (String scheme : List.of("light", "dark")) {
          browser.prefer(scheme);
          browser.screenshot(Path.of("target", "page-" + scheme + ".png"));
        }
      }
    }
  }

  @Test
  void aLinkOpensTheStepThatItNames() throws Exception {
    try (Browser browser = open(page(Catalogue.all(), "T-9.broken"), "#step=9")) {
      assertEquals("9", step(browser));
      assertTrue(now(browser).contains("got CR [from #2]"), now(browser));
      browser.evaluate("document.querySelector('tr.now a').click()");
      browser.press("Shift");
      assertEquals("#step=2", browser.evaluate("location.hash"));
    }
  }

  @Test
  void whatIsFoldedUnfolds() throws Exception {
    try (Browser browser = open(page(Catalogue.all(), "B-45.broken"), "")) {
      int before = Integer.parseInt(browser.evaluate("document.getElementById('slider').max"));
      browser.evaluate("document.querySelector('tr.fold').click()");
      assertTrue(Integer.parseInt(browser.evaluate("document.getElementById('slider').max")) > before);
    }
  }

  @Test
  void whatAModelSaysIsTextAndNothingElse() throws Exception {
    String evil = "<img src=x onerror=alert(1)></script><script>document.title='pwned'</script>\"'&amp;";
    Scenario scenario =
        Scenario.named("evil")
            .about(evil)
            .expectingRace()
            .model(
                machine -> {
                  Shared<String> cell = new Shared<>(evil, evil);
                  machine.startThread(evil, () -> cell.set(evil));
                  machine.startThread("Other", () -> cell.set(evil));
                });
    Path page = page(List.of(scenario), "evil");
    assertFalse(Files.readString(page).contains("<img"));
    try (Browser browser = open(page, "")) {
      assertTrue(browser.evaluate("document.title").startsWith("evil"));
      assertEquals("0", browser.evaluate("document.images.length"));
      assertTrue(now(browser).contains("<img src=x"), now(browser));
    }
  }
}
