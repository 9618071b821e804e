/** The designs of driver samples, and the mistakes they avoid. */
@NullMarked
package org.cancelsafe.examples.samples;

import org.jspecify.annotations.NullMarked;
