/** The race hunter: scenarios, and what comes of hunting them. */
@NullMarked
package org.cancelsafe.hunter;

import org.jspecify.annotations.NullMarked;
