/** Every small client program of the queue, every schedule of each. */
@NullMarked
package org.cancelsafe.testkit.sweep;

import org.jspecify.annotations.NullMarked;
