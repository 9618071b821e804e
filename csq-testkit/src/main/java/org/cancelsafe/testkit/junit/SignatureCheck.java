package org.cancelsafe.testkit.junit;

import java.lang.reflect.Method;
import java.util.stream.Stream;
import org.cancelsafe.emu.machine.Machine;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Brings no invocations; it is asked before those who do, so it is the one to say that the parameters are wrong. */
final class SignatureCheck implements TestTemplateInvocationContextProvider {
  SignatureCheck() {}

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    Method method = context.getRequiredTestMethod();
    Class<?>[] parameters = method.getParameterTypes();
    if (parameters.length == 0 || parameters[parameters.length - 1] != Machine.class) {
      throw new ExtensionConfigurationException(
          "@RaceHunt method " + method.getDeclaringClass().getSimpleName() + "." + method.getName()
              + ": its last parameter must be a Machine, behind the arguments that come from a source");
    }
    return false;
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
    return Stream.empty();
  }
}
