package org.cancelsafe.testkit;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.trace.Trace;
import org.cancelsafe.hunter.trace.TraceStep;
import org.jspecify.annotations.Nullable;

/** A report for programs: what {@code ReportText} says, and the trace with the state after every step. */
public final class ReportJson {
  private static final Gson GSON =
      new GsonBuilder().serializeNulls().disableHtmlEscaping().setPrettyPrinting().create();

  private ReportJson() {}

  /** The report as one JSON object, with a line end at its end. */
  public static String of(Report report) {
    return GSON.toJson(element(report)) + "\n";
  }

  /** The report as a JSON object, to be a part of another. */
  public static JsonObject element(Report report) {
    Report.Counterexample counterexample = report.counterexample();
    JsonObject json = new JsonObject();
    json.addProperty("name", report.scenario().name());
    json.addProperty("about", report.scenario().about());
    json.addProperty("expected", report.scenario().expectation().name().toLowerCase(Locale.ROOT));
    json.addProperty("ok", report.isAsExpected());
    json.addProperty("verdict", report.verdict().toString());
    json.addProperty("rule", report.finding() == null ? null : report.rule());
    json.addProperty("message", report.finding() == null ? null : report.finding().message());
    json.addProperty(
        "stop", report.finding() != null && report.finding().cause() instanceof BugCheck stop ? stop.stopCode() : null);
    json.add("history", history(report));
    json.addProperty("how", report.how());
    json.addProperty("schedules", report.schedules());
    json.addProperty("millis", report.time().toMillis());
    json.addProperty("preemptions", counterexample == null ? null : counterexample.preemptions());
    json.addProperty("switches", counterexample == null ? null : counterexample.switches());
    json.addProperty("replay", counterexample == null ? null : counterexample.replay().toString());
    json.add("sample", sample(report.sample()));
    json.add("trace", counterexample == null ? JsonNull.INSTANCE : trace(counterexample.trace()));
    return json;
  }

  /** What happened last to the IRP that a bug check is about, the earliest first; empty when it is about none. */
  public static JsonElement history(Report report) {
    boolean isBugCheck = report.finding() != null && report.finding().cause() instanceof BugCheck;
    return GSON.toJsonTree(isBugCheck ? ((BugCheck) report.finding().cause()).irpHistory() : List.of());
  }

  /** What was drawn at random; JSON's null when nothing was. */
  public static JsonElement sample(Report.@Nullable Sample sample) {
    if (sample == null) {
      return JsonNull.INSTANCE;
    }
    JsonObject json = new JsonObject();
    json.addProperty("strategy", sample.strategy());
    json.addProperty("seed", sample.seed());
    json.addProperty("runs", sample.runs());
    json.addProperty("classes", sample.classes());
    json.addProperty("classesAtLeast", sample.classesInAll().isKnown() ? sample.classesInAll().low() : null);
    json.addProperty("schedulesLow", sample.schedulesInAll().isKnown() ? sample.schedulesInAll().low() : null);
    json.addProperty("schedulesHigh", sample.schedulesInAll().isKnown() ? sample.schedulesInAll().high() : null);
    return json;
  }

  /** A trace; activities and objects are referred to by their index in the lists at its beginning. */
  public static JsonElement trace(Trace trace) {
    JsonObject json = new JsonObject();
    JsonArray activities = new JsonArray();
    for (int index = 0; index < trace.lanes().size(); index++) {
      JsonObject activity = new JsonObject();
      activity.addProperty("letter", Trace.letter(index));
      activity.addProperty("name", trace.lanes().get(index).name());
      activity.addProperty("kind", trace.lanes().get(index).kind().name());
      activities.add(activity);
    }
    json.add("activities", activities);
    json.add("objects", GSON.toJsonTree(trace.columns().stream().map(Trace.Column::name).toList()));
    json.add("sites", GSON.toJsonTree(trace.sites()));
    json.add("holds", GSON.toJsonTree(trace.holds()));
    JsonArray steps = new JsonArray();
    trace.steps().forEach(step -> steps.add(step(step)));
    json.add("steps", steps);
    return json;
  }

  private static JsonObject step(TraceStep step) {
    JsonObject json = new JsonObject();
    json.addProperty("number", step.number());
    json.addProperty("activity", step.activity());
    json.addProperty("text", step.text());
    json.addProperty("site", step.site());
    json.addProperty("scheduled", step.scheduled());
    json.addProperty("preempts", step.preempts());
    json.addProperty("object", step.subject() < 0 ? null : step.subject());
    json.addProperty("changes", step.changes());
    json.addProperty("matters", step.matters());
    json.addProperty("violates", step.violates());
    json.add("irqls", numbers(step.irqls()));
    json.add("occupants", numbers(step.after().occupants()));
    json.add("states", GSON.toJsonTree(step.states()));
    return json;
  }

  private static JsonArray numbers(List<Integer> numbers) {
    JsonArray array = new JsonArray();
    numbers.forEach(array::add);
    return array;
  }
}
