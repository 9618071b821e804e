/** All scenarios of this project. */
@NullMarked
package org.cancelsafe.examples.catalogue;

import org.jspecify.annotations.NullMarked;
