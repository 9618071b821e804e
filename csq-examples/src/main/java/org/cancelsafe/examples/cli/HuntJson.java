package org.cancelsafe.examples.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.testkit.ReportJson;

/** The result of a hunt as one JSON object. */
final class HuntJson {
  private static final Gson GSON = new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

  private HuntJson() {}

  static String of(List<Report> reports) {
    JsonArray scenarios = new JsonArray();
    reports.stream().map(HuntJson::scenario).forEach(scenarios::add);
    JsonObject result = new JsonObject();
    result.add("scenarios", scenarios);
    result.addProperty("ok", reports.stream().allMatch(Report::isAsExpected));
    return GSON.toJson(result) + "\n";
  }

  private static JsonObject scenario(Report report) {
    Report.Counterexample counterexample = report.counterexample();
    JsonObject scenario = new JsonObject();
    scenario.addProperty("name", report.scenario().name());
    scenario.addProperty("expected", report.scenario().expectation().name().toLowerCase(Locale.ROOT));
    scenario.addProperty("verdict", report.verdict().toString());
    scenario.addProperty("rule", report.finding() == null ? null : report.rule());
    scenario.addProperty("message", report.finding() == null ? null : report.finding().message());
    scenario.add("history", ReportJson.history(report));
    scenario.addProperty("schedules", report.schedules());
    scenario.addProperty("classes", report.coverage().complete() ? report.coverage().classes() : null);
    scenario.addProperty("preemptions", counterexample == null ? null : counterexample.preemptions());
    scenario.addProperty("switches", counterexample == null ? null : counterexample.switches());
    scenario.addProperty("millis", report.time().toMillis());
    scenario.addProperty("replay", counterexample == null ? null : counterexample.replay().toString());
    scenario.addProperty("how", report.how());
    scenario.add("sample", ReportJson.sample(report.sample()));
    scenario.add("trace", counterexample == null ? JsonNull.INSTANCE : ReportJson.trace(counterexample.trace()));
    return scenario;
  }
}
