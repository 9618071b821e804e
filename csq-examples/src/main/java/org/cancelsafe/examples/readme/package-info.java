/** The example of the README. */
@NullMarked
package org.cancelsafe.examples.readme;

import org.jspecify.annotations.NullMarked;
