/**
 * The cancel-safe IRP queue: {@code IO_CSQ}, the driver's callbacks, and ready-made ones.
 *
 * <p>Where the documentation contradicts itself or says nothing, this is what the queue does:
 *
 * <ul>
 *   <li><b>An IRP that is cancelled already</b> is inserted, removed again and completed through
 *       {@code CsqCompleteCanceledIrp} after the lock was released, as the charts of the guide show. The reference page
 *       says that the insert is not attempted.
 *   <li><b>Marking pending</b> comes after a successful insert, under the lock, on both kinds of queue. A failed
 *       {@code CsqInsertIrpEx} leaves the IRP unmarked and the caller's.
 *   <li><b>{@code IoCsqInsertIrpEx} returns</b> what the callback returned, failure or success; the chart's
 *       STATUS_SUCCESS at the failure exit is a slip. "Succeeded" means {@code NT_SUCCESS}, so STATUS_PENDING is a
 *       success.
 *   <li><b>{@code CsqInsertIrp} returns nothing</b>; the NTSTATUS of its sample is a slip too. {@code IoCsqInsertIrp}
 *       on
 *       an extended queue passes a NULL insert context and cannot tell its caller of a failure.
 *   <li><b>{@code IoCsqRemoveIrp} takes two parameters</b>, the queue and the context.
 *   <li><b>{@code IoCsqRemoveNextIrp} peeks again</b> after an IRP that is being cancelled, from that IRP on and with
 *       the
 *       same peek context; it works on both kinds of queue.
 *   <li><b>The association of IRP and context is broken</b>, under the lock, on every way out of the queue: also when
 *       the
 *       insert failed and when the IRP was cancelled inside the insert, where the charts do not show it.
 *   <li><b>A context without an IRP</b> is nobody's: to remove by it finds nothing, in whatever queue, also when the
 *       insert that will use it has not got the lock yet.
 *   <li><b>A callback that throws</b> leaves the queue usable: the lock is released, an IRP that was to be inserted is
 *       not in the queue and still its caller's, one that was to be removed stays queued and cancelable (so does one
 *       that turned out to be cancelled already in its insert), and the exception goes to whoever called. The
 *       documentation knows no exceptions.
 * </ul>
 */
@DriverLibrary
@NullMarked
package org.cancelsafe.csq;

import org.cancelsafe.emu.verifier.DriverLibrary;
import org.jspecify.annotations.NullMarked;
