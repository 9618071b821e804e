package org.cancelsafe.testkit.junit;

import java.lang.reflect.Method;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.platform.commons.support.AnnotationSupport;

/** No arguments, once, for a hunt that has no other source of them. */
final class OneHunt implements ArgumentsProvider {
  OneHunt() {}

  /** In this form every JUnit from 5.7 on knows it. */
  @Override
  @SuppressWarnings("deprecation")
  public Stream<? extends Arguments> provideArguments(ExtensionContext context) {
    Method method = context.getRequiredTestMethod();
    boolean otherSources =
        AnnotationSupport.findRepeatableAnnotations(method, ArgumentsSource.class).stream()
            .anyMatch(source -> source.value() != OneHunt.class);
    return otherSources ? Stream.empty() : Stream.of(Arguments.of());
  }
}
