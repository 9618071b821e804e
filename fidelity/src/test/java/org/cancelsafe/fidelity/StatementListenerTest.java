package org.cancelsafe.fidelity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The listener writes down what ran, and how it ended, whatever engine ran it. */
class StatementListenerTest {
  @TempDir Path directory;

  /** Tests that are only run by the test below. */
  static class Sample {
    @Test
    @Statement({1, 2})
    void passes() {}

    @Test
    @Statement(3)
    void fails() {
      fail();
    }

    @Test
    @Statement(4)
    void isGivenUp() {
      assumeTrue(false);
    }

    @Test
    @Disabled
    @Statement(5)
    void doesNotRun() {}

    @Test
    void checksNoStatement() {}

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    @Statement(6)
    void failsOnce(int value) {
      assertTrue(value != 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Statement(7)
    void passesEachTime(int value) {
      assertTrue(value > 0);
    }
  }

  /** A property that is only run by the test below. */
  static class SampleProperty {
    @Property(tries = 3)
    @Statement(8)
    void holds(@ForAll int value) {
      assertEquals(value, value);
    }
  }

  @Test
  void testsOfEveryKindCount() throws IOException {
    Path file = directory.resolve("new/fidelity.tsv");
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectClass(Sample.class), selectClass(SampleProperty.class))
            .build();
    LauncherFactory.create().execute(request, new StatementListener(file));
    assertEquals(
        List.of(
            new Result(1, Outcome.PASSED, "Sample.passes"),
            new Result(2, Outcome.PASSED, "Sample.passes"),
            new Result(3, Outcome.FAILED, "Sample.fails"),
            new Result(4, Outcome.ABORTED, "Sample.isGivenUp"),
            new Result(6, Outcome.FAILED, "Sample.failsOnce"),
            new Result(7, Outcome.PASSED, "Sample.passesEachTime"),
            new Result(8, Outcome.PASSED, "SampleProperty.holds")),
        Files.readAllLines(file).stream().map(Result::parse).toList());
  }

  @Test
  void aModuleWithoutResultsIsNamed() {
    IllegalStateException thrown =
        assertThrows(
            IllegalStateException.class, () -> FidelityReport.main(new String[] {directory.toString(), "csq-core"}));
    assertTrue(thrown.getMessage().contains("csq-core"), thrown.getMessage());
  }
}
