/** What several entries of the catalogue share: skeletons of drivers, and what their scenarios assert. */
@NullMarked
package org.cancelsafe.examples.drivers;

import org.jspecify.annotations.NullMarked;
