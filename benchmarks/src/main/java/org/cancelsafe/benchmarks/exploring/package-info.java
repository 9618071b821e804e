/** How fast the explorer is, and beside what. */
@NullMarked
package org.cancelsafe.benchmarks.exploring;

import org.jspecify.annotations.NullMarked;
