/** The executive: lists and interlocked variables. */
@NullMarked
package org.cancelsafe.emu.ex;

import org.jspecify.annotations.NullMarked;
