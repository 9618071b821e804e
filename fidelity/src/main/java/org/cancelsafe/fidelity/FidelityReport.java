package org.cancelsafe.fidelity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The end of the build: reads what the tests of all modules wrote down, writes the page of the statements, and says in
 * one line how many are checked.
 */
public final class FidelityReport {
  private static final String PAGE = "target/fidelity.md";
  private static final String RESULTS = "target/fidelity.tsv";

  private FidelityReport() {}

  /**
   * Reports.
   *
   * @param args the top directory of the build, then the names of the modules whose tests check statements
   * @throws IOException when a file cannot be read or written
   * @throws IllegalStateException when a module has no results, or the reasons do not fit them
   */
  public static void main(String[] args) throws IOException {
    Path top = Path.of(args[0]).normalize();
    List<Result> results = new ArrayList<>();
    for (String module : Arrays.asList(args).subList(1, args.length)) {
      results.addAll(results(top.resolve(module).resolve(RESULTS)));
    }
    Fidelity fidelity =
        new Fidelity(Numbered.resource("statements.txt"), Numbered.resource("reasons.txt"), results);
    Path page = top.resolve(PAGE);
    Files.createDirectories(page.toAbsolutePath().getParent());
    Files.writeString(page, fidelity.page());
    if (!fidelity.problems().isEmpty()) {
      throw new IllegalStateException("fidelity: " + String.join("\n", fidelity.problems()));
    }
    System.out.println(fidelity.line());
  }

  private static List<Result> results(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new IllegalStateException("fidelity: there is no " + file + "; run the tests of every module: mvn verify");
    }
    return Files.readAllLines(file).stream().map(Result::parse).toList();
  }
}
