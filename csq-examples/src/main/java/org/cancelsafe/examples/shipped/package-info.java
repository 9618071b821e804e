/** Races that were shipped in real drivers, modelled; each with its fix. */
@NullMarked
package org.cancelsafe.examples.shipped;

import org.jspecify.annotations.NullMarked;
