package org.cancelsafe.emu.verifier;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The machine has stopped: {@code KeBugCheckEx}. Carries the code with its name, the parameters, the rule that was
 * broken, and by whom. The message is one line:
 *
 * <pre>
 * IRQL_NOT_LESS_OR_EQUAL (0xA): KeWaitForSingleObject at DISPATCH_LEVEL, thread "worker", CPU 1 [IrqlKeApcLte1, A.java:7]
 * </pre>
 *
 * <p>What happened before to the IRP that the violation is about is in {@link #irpHistory}, when the machine verified.
 */
public final class BugCheck extends Error {
  private static final long serialVersionUID = 1L;
  private static final int NO_PROCESSOR = -1;

  private final Rule rule;
  private final BugCheckCode code;
  private final transient List<Object> parameters;
  private final String explanation;
  private final transient @Nullable Circumstances circumstances;
  private final transient List<IrpEvent> irpHistory;

  BugCheck(
      Rule rule,
      BugCheckCode code,
      String explanation,
      List<Object> parameters,
      @Nullable Circumstances circumstances,
      @Nullable Throwable cause) {
    super(explanation, cause);
    this.rule = rule;
    this.code = code;
    this.explanation = explanation;
    this.parameters = parameters;
    this.circumstances = circumstances;
    this.irpHistory =
        parameters.stream()
            .filter(HasHistory.class::isInstance)
            .map(parameter -> ((HasHistory) parameter).history())
            .findFirst()
            .orElse(List.of());
  }

  @Override
  public String getMessage() {
    StringBuilder message = new StringBuilder(code.name()).append(" (").append(shortCode()).append("): ");
    message.append(explanation);
    String site = site();
    if (circumstances != null) {
      message.append(", ").append(circumstances.inWords(explanation));
    }
    message.append(" [").append(rule.ruleName()).append(site == null ? "" : ", " + site).append(']');
    return message.toString();
  }

  private String shortCode() {
    String number = String.format("0x%X", code.code());
    boolean withSubcode = code.isVerifiers() && !parameters.isEmpty();
    return withSubcode && parameters.get(0) instanceof Integer ? number + "/" + parameter(parameters.get(0)) : number;
  }

  /** The rule that was broken. */
  public Rule rule() {
    return rule;
  }

  /** The bug check code. */
  public BugCheckCode code() {
    return code;
  }

  /** The bug check's parameters, from the first; for Driver Verifier's codes the first is the subcode. */
  public List<Object> parameters() {
    return parameters;
  }

  /** What happened, in words. */
  public String explanation() {
    return explanation;
  }

  /** Who broke the rule, and at which IRQL on which processor; null when the machine was found at rest. */
  public @Nullable Circumstances circumstances() {
    return circumstances;
  }

  /** The name of the activity that broke the rule; null when the machine was found at rest. */
  public @Nullable String activity() {
    return circumstances == null ? null : circumstances.activity();
  }

  /** The number of the processor it was broken on; -1 when its activity had none to itself. */
  public int processor() {
    return circumstances == null ? NO_PROCESSOR : circumstances.processor();
  }

  /** The name of the IRQL it was broken at; null when the machine was found at rest. */
  public @Nullable String irql() {
    return circumstances == null ? null : circumstances.irql();
  }

  /**
   * What happened to the IRP that this is about, the last 20 events, the earliest first. Empty when it is about none, or
   * the machine does not verify.
   */
  public List<IrpEvent> irpHistory() {
    return irpHistory;
  }

  /** The driver's file and line; null when the machine was found at rest. */
  public @Nullable String site() {
    return circumstances == null ? null : ModelSite.of(this);
  }

  /** Code, name and parameters, as on the blue screen. */
  public String stopCode() {
    String list = parameters.stream().map(BugCheck::parameter).collect(Collectors.joining(", "));
    return String.format("0x%X %s (%s)", code.code(), code.name(), list);
  }

  private static String parameter(Object parameter) {
    if (parameter.getClass().isHidden()) {
      return parameter.getClass().getInterfaces()[0].getSimpleName(); // a routine: it has no name, nor an address
    }
    return parameter instanceof Integer number ? String.format("0x%X", number) : String.valueOf(parameter);
  }
}
