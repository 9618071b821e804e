/**
 * What the live machine and the queue cost, beside {@code ReentrantLock} and the JDK's collections doing the same work.
 *
 * <p>All benchmarks run with the verifier off and without noise. Their threads are {@link
 * org.cancelsafe.emu.machine.Carrier carriers}, as the machine's own are, made by {@link
 * org.cancelsafe.benchmarks.CarrierExecutor} and attached to the machine for each iteration.
 *
 * <p>The collector is the parallel one unless the command line names another. A queue of IRPs is made of references
 * between long-lived objects, and what a store of such a reference costs is up to the collector: with G1 every one
 * checks for regions and marking, and in a queue of a million IRPs its refinement threads take a processor of their
 * own.
 */
@NullMarked
package org.cancelsafe.benchmarks;

import org.jspecify.annotations.NullMarked;
