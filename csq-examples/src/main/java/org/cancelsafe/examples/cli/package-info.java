/** The csq command. */
@NullMarked
package org.cancelsafe.examples.cli;

import org.jspecify.annotations.NullMarked;
