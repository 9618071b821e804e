/** The race hunter as a JUnit Jupiter extension: {@link org.cancelsafe.testkit.junit.RaceHunt}. */
@NullMarked
package org.cancelsafe.testkit.junit;

import org.jspecify.annotations.NullMarked;
