/** The documented statements that the emulator is held to, and which tests check them. */
@NullMarked
package org.cancelsafe.fidelity;

import org.jspecify.annotations.NullMarked;
