/** What a schedule did, step by step, and how it is shown. */
@NullMarked
package org.cancelsafe.hunter.trace;

import org.jspecify.annotations.NullMarked;
