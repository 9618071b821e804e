/** What is hunted in. */
@NullMarked
package org.cancelsafe.hunter.scenario;

import org.jspecify.annotations.NullMarked;
