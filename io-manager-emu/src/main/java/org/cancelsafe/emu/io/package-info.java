/** The I/O manager: IRPs and their stack locations, drivers and devices, completion and cancellation. */
@NullMarked
package org.cancelsafe.emu.io;

import org.jspecify.annotations.NullMarked;
