/** The textbook races: each mistake that can be made with a queue of IRPs, and how it is done right. */
@NullMarked
package org.cancelsafe.examples.textbook;

import org.jspecify.annotations.NullMarked;
