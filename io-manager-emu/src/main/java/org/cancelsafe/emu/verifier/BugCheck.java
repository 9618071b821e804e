package org.cancelsafe.emu.verifier;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The machine has stopped: {@code KeBugCheckEx}. Carries the code with its name, the parameters, and the rule that was
 * broken.
 */
public final class BugCheck extends Error {
  private static final long serialVersionUID = 1L;

  private final Rule rule;
  private final transient List<Object> parameters;
  private final String explanation;

  BugCheck(Rule rule, String explanation, List<Object> parameters) {
    super("*** STOP " + stopCode(rule, parameters) + " " + rule.ruleName() + ": " + explanation);
    this.rule = rule;
    this.explanation = explanation;
    this.parameters = parameters;
  }

  /** The rule that was broken. */
  public Rule rule() {
    return rule;
  }

  /** The bug check code. */
  public BugCheckCode code() {
    return rule.code();
  }

  /** The bug check's parameters, from the first; for Driver Verifier's codes the first is the subcode. */
  public List<Object> parameters() {
    return parameters;
  }

  /** What happened, in words. */
  public String explanation() {
    return explanation;
  }

  /** Code, name and parameters, as on the blue screen. */
  public String stopCode() {
    return stopCode(rule, parameters);
  }

  private static String stopCode(Rule rule, List<Object> parameters) {
    String list = parameters.stream().map(BugCheck::parameter).collect(Collectors.joining(", "));
    return String.format("0x%X %s (%s)", rule.code().code(), rule.code().name(), list);
  }

  private static String parameter(Object parameter) {
    if (parameter.getClass().isHidden()) {
      return parameter.getClass().getInterfaces()[0].getSimpleName(); // a routine: it has no name, nor an address
    }
    return parameter instanceof Integer number ? String.format("0x%X", number) : String.valueOf(parameter);
  }
}
