/** Which step is taken next: searches over schedules. */
@NullMarked
package org.cancelsafe.hunter.strategy;

import org.jspecify.annotations.NullMarked;
