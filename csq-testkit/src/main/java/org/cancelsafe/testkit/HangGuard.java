package org.cancelsafe.testkit;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.opentest4j.TestAbortedException;

/** When code under test has hung, each of the other tests would wait for it as long again: they are not run. */
final class HangGuard implements InvocationInterceptor {
  private static final Namespace NAMESPACE = Namespace.create(HangGuard.class);

  HangGuard() {}

  @Override
  public void interceptTestMethod(
      Invocation<@Nullable Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
      throws Throwable {
    guarded(invocation, context);
  }

  @Override
  public void interceptDynamicTest(
      Invocation<@Nullable Void> invocation, DynamicTestInvocationContext test, ExtensionContext context)
      throws Throwable {
    guarded(invocation, context);
  }

  private static void guarded(Invocation<@Nullable Void> invocation, ExtensionContext context) throws Throwable {
    ExtensionContext.Store store = context.getRoot().getStore(NAMESPACE);
    Class<?> tests = testClass(context);
    if (store.get(tests) != null) {
      invocation.skip();
      throw new TestAbortedException("not run, because another test of " + tests.getSimpleName() + " hung");
    }
    try {
      invocation.proceed();
    } catch (ContractViolation e) {
      if (e.isHang()) {
        store.put(tests, e.clause());
      }
      throw e;
    }
  }

  /** A dynamic test knows its class through those who made it. */
  private static Class<?> testClass(ExtensionContext context) {
    return context.getTestClass().orElseGet(() -> testClass(context.getParent().orElseThrow()));
  }
}
