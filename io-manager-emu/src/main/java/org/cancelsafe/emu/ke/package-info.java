/** The kernel: spin locks, dispatcher objects, DPCs and timers. */
@NullMarked
package org.cancelsafe.emu.ke;

import org.jspecify.annotations.NullMarked;
