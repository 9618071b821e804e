/** Bodies that can be left and entered again: continuations where the JDK has them, threads elsewhere. */
@NullMarked
package org.cancelsafe.hunter.coroutine;

import org.jspecify.annotations.NullMarked;
