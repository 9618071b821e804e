/** The computer: processors, activities, the steps they take, and the seam to whoever schedules them. */
@NullMarked
package org.cancelsafe.emu.machine;

import org.jspecify.annotations.NullMarked;
