package org.cancelsafe.hunter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/**
 * Schedules that went wrong, kept to be tried first the next time: one replay string a line, in a file that can be
 * under version control. Hunts on several threads may share one.
 */
public final class Corpus {
  private static final String TITLE =
      "# schedules that went wrong, tried first by the next hunt: one replay string a line";

  private final Set<String> kept = new LinkedHashSet<>();
  private final List<String> dropped = new ArrayList<>();
  private boolean changed;

  /** A corpus with nothing in it. */
  public Corpus() {}

  /**
   * What the file has; nothing when there is no such file. A line that is no replay string is dropped.
   *
   * @throws IOException when the file cannot be read
   */
  public static Corpus load(Path file) throws IOException {
    Corpus corpus = new Corpus();
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        corpus.read(line.strip());
      }
    }
    return corpus;
  }

  private void read(String line) {
    if (line.isEmpty() || line.startsWith("#")) {
      return;
    }
    try {
      kept.add(ReplayString.parse(line).toString());
    } catch (ReplayString.Malformed e) {
      drop(line, e.getMessage());
    }
  }

  private synchronized void drop(String string, @Nullable String reason) {
    kept.remove(string);
    dropped.add(string + ": " + reason);
    changed = true;
  }

  /** Keeps this schedule. */
  public synchronized void add(ReplayString replay) {
    changed |= kept.add(replay.toString());
  }

  private synchronized List<ReplayString> of(String scenario) {
    return kept.stream().map(ReplayString::parse).filter(replay -> replay.scenario().equals(scenario)).toList();
  }

  /** Tries what is kept of this scenario, and drops what does not fit it any more or goes well now. */
  @Nullable Report firstThatStillFails(Scenario scenario) {
    Report first = null;
    for (ReplayString replay : of(scenario.name())) {
      try {
        Report report = Hunter.replay(scenario, replay);
        if (report.verdict() != Verdict.RACE) {
          drop(replay.toString(), "it goes well now");
        } else if (first == null) {
          first = report;
        }
      } catch (ReplayString.Malformed e) {
        drop(replay.toString(), e.getMessage());
      }
    }
    return first == null ? null : first.foundBy("a schedule of the corpus");
  }

  /** What was dropped, and why, each in a line. */
  public synchronized List<String> dropped() {
    return List.copyOf(dropped);
  }

  /** How many schedules are kept. */
  public synchronized int size() {
    return kept.size();
  }

  /**
   * Writes the file, if anything has changed.
   *
   * @throws IOException when that is not possible
   */
  public synchronized void save(Path file) throws IOException {
    if (!changed) {
      return;
    }
    List<String> lines = new ArrayList<>();
    lines.add(TITLE);
    kept.stream().sorted().forEach(lines::add);
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.write(file, lines);
    changed = false;
  }
}
