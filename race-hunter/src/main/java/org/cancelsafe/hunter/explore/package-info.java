/** The explored machine: one activity at a time, every step decided, checked for data races. */
@NullMarked
package org.cancelsafe.hunter.explore;

import org.jspecify.annotations.NullMarked;
