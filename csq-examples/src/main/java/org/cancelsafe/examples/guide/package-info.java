/** The example of the guide: a driver model, step by step. */
@NullMarked
package org.cancelsafe.examples.guide;

import org.jspecify.annotations.NullMarked;
