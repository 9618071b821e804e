/**
 * What the live machine and the queue cost, beside {@code ReentrantLock} and the JDK's collections doing the same work.
 *
 * <p>All benchmarks run with the verifier off and without noise. Their threads are {@link
 * org.cancelsafe.emu.machine.Carrier carriers}, as the machine's own are, made by {@link
 * org.cancelsafe.benchmarks.CarrierExecutor} and attached to the machine for each iteration.
 */
@NullMarked
package org.cancelsafe.benchmarks;

import org.jspecify.annotations.NullMarked;
