package org.cancelsafe.fidelity;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The documented statements that a test method checks: {@code @Statement({9, 10})}. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Statement {
  /** Their numbers in {@code statements.txt}. */
  int[] value();
}
