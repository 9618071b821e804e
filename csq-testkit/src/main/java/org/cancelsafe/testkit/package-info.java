/** What a project needs to test queues of its own. */
@NullMarked
package org.cancelsafe.testkit;

import org.jspecify.annotations.NullMarked;
