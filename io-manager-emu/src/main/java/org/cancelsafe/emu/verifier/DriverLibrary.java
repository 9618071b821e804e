package org.cancelsafe.emu.verifier;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The package is a library that drivers are linked with, as with {@code csq.lib}. Of what happens in it a report names
 * the driver's line, its caller's or its callback's. A library's tests, in the same package, are no part of it.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PACKAGE)
public @interface DriverLibrary {}
