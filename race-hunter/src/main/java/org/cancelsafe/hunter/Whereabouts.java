package org.cancelsafe.hunter;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where in code of the user's, outside the machine, the threads of this JVM are that run on one. */
public final class Whereabouts {
  private static final String ON_A_MACHINE = "org.cancelsafe.emu.machine.Activity";
  private static final List<String> OF_THE_JDK = List.of("java.", "javax.", "jdk.", "sun.");
  private static final List<String> OURS = List.of("org.cancelsafe.emu.", "org.cancelsafe.hunter.");

  private Whereabouts() {}

  /** In words, for who waits for them in vain: empty, or {@code " (now at Queue.peek(Queue.java:12))"}. */
  public static String inWords() {
    return inWords(
        Thread.getAllStackTraces().entrySet().stream()
            .filter(thread -> thread.getKey() != Thread.currentThread())
            .map(Map.Entry::getValue));
  }

  /** The same of a thread that is here. */
  static String inWords(StackTraceElement[] stack) {
    return inWords(Stream.<StackTraceElement[]>of(stack));
  }

  private static String inWords(Stream<StackTraceElement[]> stacks) {
    String places = stacks.flatMap(Whereabouts::place).distinct().sorted().collect(Collectors.joining(", "));
    return places.isEmpty() ? "" : " (now at " + places + ")";
  }

  private static Stream<String> place(StackTraceElement[] stack) {
    if (Arrays.stream(stack).noneMatch(frame -> frame.getClassName().equals(ON_A_MACHINE))) {
      return Stream.empty();
    }
    Optional<StackTraceElement> top = Arrays.stream(stack).filter(frame -> !isOf(OF_THE_JDK, frame)).findFirst();
    return top.filter(frame -> !isOf(OURS, frame)).map(Whereabouts::named).stream();
  }

  private static boolean isOf(List<String> prefixes, StackTraceElement frame) {
    return prefixes.stream().anyMatch(frame.getClassName()::startsWith);
  }

  private static String named(StackTraceElement frame) {
    String type = frame.getClassName();
    return type.substring(type.lastIndexOf('.') + 1) + "." + frame.getMethodName() + "(" + frame.getFileName() + ":"
        + frame.getLineNumber() + ")";
  }
}
