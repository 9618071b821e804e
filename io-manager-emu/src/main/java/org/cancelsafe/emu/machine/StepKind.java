package org.cancelsafe.emu.machine;

import static org.cancelsafe.emu.machine.Facet.CANCEL;
import static org.cancelsafe.emu.machine.Facet.CANCEL_ROUTINE;
import static org.cancelsafe.emu.machine.Facet.WHOLE;

/**
 * What an activity can do that others notice. Each kind says which part of its object it touches, whether it changes
 * it, and what it orders: a step that publishes makes everything its activity did before visible to a later step on the
 * same part that observes.
 */
public enum StepKind {
  /** Takes a spin lock. */
  ACQUIRE(WHOLE, true, true, false, "KeAcquireSpinLock(%s)"),
  /** Takes a spin lock at DISPATCH_LEVEL or above. */
  ACQUIRE_AT_DPC_LEVEL(WHOLE, true, true, false, "KeAcquireSpinLockAtDpcLevel(%s)"),
  /** Tries to take a spin lock. */
  TRY_ACQUIRE(WHOLE, true, true, true, "KeTryToAcquireSpinLock(%s)"),
  /** Gives a spin lock back. */
  RELEASE(WHOLE, true, false, true, "KeReleaseSpinLock(%s)"),
  /** Gives a spin lock back, the IRQL unchanged. */
  RELEASE_FROM_DPC_LEVEL(WHOLE, true, false, true, "KeReleaseSpinLockFromDpcLevel(%s)"),
  /** Enters the queue for a spin lock, and takes it when nobody is in front. */
  ACQUIRE_QUEUED(WHOLE, true, true, false, "KeAcquireInStackQueuedSpinLock(%s)"),
  /** Takes a spin lock when its turn in the queue has come. */
  WAIT_QUEUED(WHOLE, true, true, false, "... is granted %s"),
  /** Gives a spin lock to the next in the queue. */
  RELEASE_QUEUED(WHOLE, true, false, true, "KeReleaseInStackQueuedSpinLock(%s)"),
  /** Takes a reader/writer spin lock for reading. */
  ACQUIRE_SHARED(WHOLE, true, true, false, "ExAcquireSpinLockShared(%s)"),
  /** Takes a reader/writer spin lock for writing, or becomes the writer that new readers wait for. */
  ACQUIRE_EXCLUSIVE(WHOLE, true, true, false, "ExAcquireSpinLockExclusive(%s)"),
  /** The readers before have gone. */
  WAIT_EXCLUSIVE(WHOLE, true, true, false, "... is granted %s"),
  /** Gives a reader/writer spin lock back. */
  RELEASE_SHARED(WHOLE, true, true, true, "ExReleaseSpinLockShared(%s)"),
  /** Gives a reader/writer spin lock back. */
  RELEASE_EXCLUSIVE(WHOLE, true, true, true, "ExReleaseSpinLockExclusive(%s)"),
  /** Tries to take a reader/writer spin lock, or to make it exclusive. */
  TRY_SPIN_LOCK(WHOLE, true, true, true, "%2$s(%1$s)"),
  /** Takes the system's cancel spin lock. */
  ACQUIRE_CANCEL(WHOLE, true, true, false, "IoAcquireCancelSpinLock"),
  /** Gives the system's cancel spin lock back. */
  RELEASE_CANCEL(WHOLE, true, false, true, "IoReleaseCancelSpinLock"),
  /** Raises the IRQL of the processor. */
  RAISE_IRQL(WHOLE, true, false, false, "KeRaiseIrql(%2$s)"),
  /** Exchanges an IRP's cancel routine. */
  EXCHANGE_CANCEL_ROUTINE(CANCEL_ROUTINE, true, true, true, "xchg %s.CancelRoutine := %s"),
  /** Reads whether an IRP has a cancel routine. */
  READ_CANCEL_ROUTINE(CANCEL_ROUTINE, false, true, false, "read %s.CancelRoutine"),
  /** Sets an IRP's Cancel flag. */
  WRITE_CANCEL(CANCEL, true, true, true, "%s.Cancel := TRUE"),
  /** Reads an IRP's Cancel flag. */
  READ_CANCEL(CANCEL, false, true, false, "read %s.Cancel"),
  /** Completes an IRP. */
  COMPLETE(WHOLE, true, true, true, "IoCompleteRequest(%s)"),
  /** Goes on completing an IRP after a completion routine that could have ended that. */
  RESUME_COMPLETION(WHOLE, true, true, true, "... IoCompleteRequest goes on with %s"),
  /** Frees an IRP. */
  FREE(WHOLE, true, true, true, "IoFreeIrp(%s)"),
  /** Takes memory from a lookaside list. */
  TAKE_FROM_LOOKASIDE(WHOLE, true, true, true, "ExAllocateFromLookasideListEx(%s)"),
  /** Frees what a lookaside list keeps, entry by entry. */
  FLUSH_LOOKASIDE(WHOLE, true, true, true, "%2$s(%1$s)"),
  /** Gives memory to a lookaside list. */
  GIVE_TO_LOOKASIDE(WHOLE, true, true, true, "ExFreeToLookasideListEx(%s, %s)"),
  /** Reads an interlocked variable. */
  READ(WHOLE, false, true, false, "read %s"),
  /** Writes an interlocked variable. */
  WRITE(WHOLE, true, true, true, "%s := %s"),
  /** Exchanges an interlocked variable. */
  EXCHANGE(WHOLE, true, true, true, "xchg %s := %s"),
  /** Compares and exchanges an interlocked variable. */
  COMPARE_EXCHANGE(WHOLE, true, true, true, "cmpxchg %s := %s"),
  /** Adds one to an interlocked variable. */
  INCREMENT(WHOLE, true, true, true, "InterlockedIncrement(%s)"),
  /** Takes one from an interlocked variable. */
  DECREMENT(WHOLE, true, true, true, "InterlockedDecrement(%s)"),
  /** Adds to an interlocked variable. */
  ADD(WHOLE, true, true, true, "InterlockedExchangeAdd(%s, %s)"),
  /** Allocates memory, where allocations may fail. It orders nothing else. */
  ALLOCATE(WHOLE, true, false, false, "allocation from %s"),
  /** Memory runs short: the next allocation fails. */
  RUN_SHORT(WHOLE, true, false, false, "%s runs short"),
  /** Sends an IRP down, where any call may be forced to pend. It orders nothing else. */
  SEND(WHOLE, true, false, false, "IoCallDriver under %s"),
  /** The next IRP that is sent pends. */
  FORCE_PENDING(WHOLE, true, false, false, "%s: the next IoCallDriver pends"),
  /** The completion of an IRP that was forced to pend goes on. */
  COMPLETE_LATER(WHOLE, true, true, true, "the completion of %s, held back, goes on"),
  /** Sets bits of an interlocked variable. */
  OR(WHOLE, true, true, true, "InterlockedOr(%s, %s)"),
  /** Keeps bits of an interlocked variable. */
  AND(WHOLE, true, true, true, "InterlockedAnd(%s, %s)"),
  /** Turns bits of an interlocked variable over. */
  XOR(WHOLE, true, true, true, "InterlockedXor(%s, %s)"),
  /** Looks, without its lock, whether a list is empty. */
  IS_LIST_EMPTY(WHOLE, false, true, false, "IsListEmpty(%s)"),
  /** Puts an entry first into an interlocked list, under its lock. */
  INTERLOCKED_INSERT_HEAD(WHOLE, true, true, true, "ExInterlockedInsertHeadList under %s"),
  /** Puts an entry last into an interlocked list, under its lock. */
  INTERLOCKED_INSERT_TAIL(WHOLE, true, true, true, "ExInterlockedInsertTailList under %s"),
  /** Takes the first entry out of an interlocked list, under its lock. */
  INTERLOCKED_REMOVE_HEAD(WHOLE, true, true, true, "ExInterlockedRemoveHeadList under %s"),
  /** Pushes an entry onto an interlocked singly linked list, under its lock. */
  INTERLOCKED_PUSH(WHOLE, true, true, true, "ExInterlockedPushEntryList under %s"),
  /** Pops an entry off an interlocked singly linked list, under its lock. */
  INTERLOCKED_POP(WHOLE, true, true, true, "ExInterlockedPopEntryList under %s"),
  /** Adds to a number under a lock. */
  INTERLOCKED_ADD(WHOLE, true, true, true, "ExInterlockedAddUlong under %s"),
  /** Pushes an entry onto an S-list. */
  PUSH_SLIST(WHOLE, true, true, true, "ExInterlockedPushEntrySList(%s, %s)"),
  /** Pops an entry off an S-list. */
  POP_SLIST(WHOLE, true, true, true, "ExInterlockedPopEntrySList(%s)"),
  /** Empties an S-list. */
  FLUSH_SLIST(WHOLE, true, true, true, "ExInterlockedFlushSList(%s)"),
  /** Has a request wait in a device queue, or makes the queue busy. */
  INSERT_DEVICE_QUEUE(WHOLE, true, true, true, "KeInsertDeviceQueue(%s, %s)"),
  /** Takes the next request off a device queue, or makes the queue not busy. */
  REMOVE_DEVICE_QUEUE(WHOLE, true, true, true, "KeRemoveDeviceQueue(%s)"),
  /** Takes one request off a device queue, if it waits there. */
  REMOVE_ENTRY_DEVICE_QUEUE(WHOLE, true, true, true, "KeRemoveEntryDeviceQueue(%s, %s)"),
  /** A completed IRP leaves its thread's list. */
  LEAVE_THREAD(WHOLE, true, true, true, "%2$s leaves %1$s"),
  /** A thread that exits looks which IRPs it has. */
  CANCEL_THREAD_IO(WHOLE, true, true, true, "IoCancelThreadIo: looks at %s"),
  /** A thread that exits waits for its IRPs. */
  WAIT_THREAD_IO(WHOLE, true, true, true, "... waits for %s to be empty"),
  /** Signals an event. */
  SET_EVENT(WHOLE, true, true, true, "KeSetEvent(%s)"),
  /** Signals an event for those who wait at that moment. */
  PULSE_EVENT(WHOLE, true, true, true, "KePulseEvent(%s)"),
  /** Resets an event. */
  RESET_EVENT(WHOLE, true, true, true, "KeResetEvent(%s)"),
  /** Releases a semaphore. */
  RELEASE_SEMAPHORE(WHOLE, true, true, true, "KeReleaseSemaphore(%s)"),
  /** Waits for an object. */
  WAIT(WHOLE, true, true, true, "KeWaitForSingleObject(%s)"),
  /** Goes on after a wait. */
  RESUME_WAIT(WHOLE, true, true, true, "... goes on, having waited for %s"),
  /** Waits for several objects, or for one and for an alert. */
  WAIT_MULTIPLE(WHOLE, true, true, true, "KeWaitForMultipleObjects(%s)"),
  /** Goes on after such a wait. */
  RESUME_WAIT_MULTIPLE(WHOLE, true, true, true, "... goes on, having waited for %s"),
  /** Releases a mutex. */
  RELEASE_MUTEX(WHOLE, true, true, true, "KeReleaseMutex(%s)"),
  /** Takes a fast mutex. */
  ACQUIRE_FAST_MUTEX(WHOLE, true, true, true, "ExAcquireFastMutex(%s)"),
  /** Tries to take a fast mutex. */
  TRY_FAST_MUTEX(WHOLE, true, true, true, "ExTryToAcquireFastMutex(%s)"),
  /** Gives a fast mutex back. */
  RELEASE_FAST_MUTEX(WHOLE, true, true, true, "ExReleaseFastMutex(%s)"),
  /** Takes a guarded mutex. */
  ACQUIRE_GUARDED_MUTEX(WHOLE, true, true, true, "KeAcquireGuardedMutex(%s)"),
  /** Tries to take a guarded mutex. */
  TRY_GUARDED_MUTEX(WHOLE, true, true, true, "KeTryToAcquireGuardedMutex(%s)"),
  /** Gives a guarded mutex back. */
  RELEASE_GUARDED_MUTEX(WHOLE, true, true, true, "KeReleaseGuardedMutex(%s)"),
  /** Takes run-down protection, gives it back, or has an object run down: what the operand says. */
  CHANGE_RUNDOWN(WHOLE, true, true, true, "%2$s(%1$s)"),
  /** Waits for the last one with run-down protection. */
  WAIT_RUNDOWN(WHOLE, true, true, true, "... waits for %s to be run down"),
  /** Acquires a resource, gives it back, or ends its use: what the operand says. */
  CHANGE_RESOURCE(WHOLE, true, true, true, "%2$s(%1$s)"),
  /** Goes on with a resource that was waited for. */
  RESUME_RESOURCE(WHOLE, true, true, true, "... goes on, having waited for %s"),
  /** Registers, unregisters or calls the routines of a callback object: what the operand says. */
  CHANGE_CALLBACK(WHOLE, true, true, true, "%2$s %1$s"),
  /** Waits for a routine that was unregistered to return. */
  WAIT_CALLBACK(WHOLE, true, true, true, "... waits for the routine of %s to return"),
  /** Alerts a thread, or has it end. */
  ALERT_THREAD(WHOLE, true, true, true, "%2$s(%1$s)"),
  /** Gives up the processor for a while. */
  DELAY(WHOLE, false, false, false, "KeDelayExecutionThread"),
  /** Takes a remove lock. */
  ACQUIRE_REMOVE_LOCK(WHOLE, true, true, true, "IoAcquireRemoveLock(%s)"),
  /** Gives a remove lock back. */
  RELEASE_REMOVE_LOCK(WHOLE, true, true, true, "IoReleaseRemoveLock(%s)"),
  /** Lets nobody take a remove lock any more. */
  CLOSE_REMOVE_LOCK(WHOLE, true, true, true, "IoReleaseRemoveLockAndWait(%s)"),
  /** Waits for the last holder of a remove lock. */
  WAIT_REMOVE_LOCK(WHOLE, true, true, true, "... waits for %s to drain"),
  /** Queues a DPC. */
  QUEUE_DPC(WHOLE, true, true, true, "KeInsertQueueDpc(%s)"),
  /** Takes a DPC out of its queue. */
  REMOVE_DPC(WHOLE, true, true, true, "KeRemoveQueueDpc(%s)"),
  /** Looks which DPCs are queued or running. */
  FLUSH_DPCS(WHOLE, true, true, true, "KeFlushQueuedDpcs"),
  /** Those DPCs have run. */
  WAIT_DPCS(WHOLE, true, true, true, "... waits for %s"),
  /** A DPC begins. */
  START_DPC(WHOLE, true, true, true, "DPC %s begins"),
  /** A device interrupts. */
  ASSERT_INTERRUPT(WHOLE, true, true, true, "interrupt %s asserted"),
  /** An ISR begins. */
  START_ISR(WHOLE, true, true, true, "ISR for %s begins"),
  /** Takes an interrupt's spin lock. */
  ACQUIRE_INTERRUPT(WHOLE, true, true, false, "KeAcquireInterruptSpinLock(%s)"),
  /** Gives an interrupt's spin lock back. */
  RELEASE_INTERRUPT(WHOLE, true, false, true, "KeReleaseInterruptSpinLock(%s)"),
  /** Has an interrupt delivered from now on, or no longer. */
  CONNECT_INTERRUPT(WHOLE, true, true, true, "%2$s(%1$s)"),
  /** Queues a work item. */
  QUEUE_WORK_ITEM(WHOLE, true, true, true, "%2$s(%1$s)"),
  /** A work item leaves its queue, and its routine begins. */
  START_WORK_ITEM(WHOLE, true, true, true, "work item %s begins"),
  /** Frees a work item. */
  FREE_WORK_ITEM(WHOLE, true, true, true, "%2$s(%1$s)"),
  /** Sets a timer. */
  SET_TIMER(WHOLE, true, true, true, "KeSetTimer(%s)"),
  /** Cancels a timer. */
  CANCEL_TIMER(WHOLE, true, true, true, "KeCancelTimer(%s)"),
  /** A timer expires. */
  EXPIRE_TIMER(WHOLE, true, true, true, "timer %s expires"),
  /** A system thread ends. */
  TERMINATE_THREAD(WHOLE, true, true, true, "PsTerminateSystemThread(%s)"),

  /** Told, not scheduled: an IRP is sent down. */
  CALL_DRIVER("IoCallDriver(%2$s, %1$s)"),
  /** Told, not scheduled: an IRP is marked pending. */
  MARK_PENDING("IoMarkIrpPending(%s)"),
  /** Told, not scheduled: an IRP is as good as new from now on. */
  REUSE("IoReuseIrp(%s)"),
  /** Told, not scheduled: the I/O manager calls a cancel routine. */
  CALL_CANCEL_ROUTINE("calls %2$s(%1$s)"),
  /** Told, not scheduled: an entry goes to the tail of a list. */
  INSERT_TAIL_LIST("InsertTailList(%s, %s)"),
  /** Told, not scheduled: an entry goes to the head of a list. */
  INSERT_HEAD_LIST("InsertHeadList(%s, %s)"),
  /** Told, not scheduled: an entry goes into the middle of a list. */
  INSERT_BEFORE("insert %2$s before %1$s"),
  /** Told, not scheduled: entries go to the tail of a list. */
  APPEND_TAIL_LIST("AppendTailList(%s, %s)"),
  /** Told, not scheduled: an entry leaves its list. */
  REMOVE_ENTRY_LIST("RemoveEntryList(%s)"),
  /** Told, not scheduled: the first entry leaves a list. */
  REMOVE_HEAD_LIST("RemoveHeadList(%s) -> %s"),
  /** Told, not scheduled: the last entry leaves a list. */
  REMOVE_TAIL_LIST("RemoveTailList(%s) -> %s"),
  /** Told, not scheduled: in a deadlock, what somebody waits for. */
  WAITS("waits for %s%s"),
  /** Told, not scheduled: a driver's variable is read. */
  READ_SHARED("read %s"),
  /** Told, not scheduled: a driver's variable is written. */
  WRITE_SHARED("write %s");

  private final Facet facet;
  private final boolean changes;
  private final boolean observes;
  private final boolean publishes;
  private final boolean scheduled;
  private final String text;

  StepKind(Facet facet, boolean changes, boolean observes, boolean publishes, String text) {
    this.facet = facet;
    this.changes = changes;
    this.observes = observes;
    this.publishes = publishes;
    this.scheduled = true;
    this.text = text;
  }

  StepKind(String text) {
    this.facet = WHOLE;
    this.changes = false;
    this.observes = false;
    this.publishes = false;
    this.scheduled = false;
    this.text = text;
  }

  /** The part of the object that the step touches. */
  public Facet facet() {
    return facet;
  }

  /** Whether the step changes what it touches; two steps that only read are independent. */
  public boolean changes() {
    return changes;
  }

  /** Whether the step sees what earlier steps on the same part published. */
  public boolean observes() {
    return observes;
  }

  /** Whether what its activity did before becomes visible to those who observe later. */
  public boolean publishes() {
    return publishes;
  }

  /** Whether the scheduler decides who goes first; the others are only told, for the trace. */
  public boolean scheduled() {
    return scheduled;
  }

  /** Whether this is a change to a list. */
  public boolean changesList() {
    return switch (this) {
      case INSERT_TAIL_LIST, INSERT_HEAD_LIST, INSERT_BEFORE, APPEND_TAIL_LIST, REMOVE_ENTRY_LIST,
          REMOVE_HEAD_LIST, REMOVE_TAIL_LIST ->
          true;
      default -> false;
    };
  }

  /** The step in words: the routine's name, the object, and the operand. */
  public String describe(String object, Object operand) {
    return String.format(text, object, operand);
  }
}
