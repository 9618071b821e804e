/** Bug checks, and the rules whose violation raises one. */
@NullMarked
package org.cancelsafe.emu.verifier;

import org.jspecify.annotations.NullMarked;
