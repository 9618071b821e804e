/** Whole systems: what kernel primitives are for, and how they are misused. */
@NullMarked
package org.cancelsafe.examples.systems;

import org.jspecify.annotations.NullMarked;
