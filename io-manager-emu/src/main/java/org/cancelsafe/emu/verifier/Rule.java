package org.cancelsafe.emu.verifier;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules that the emulator checks, under the names of Driver Verifier and Static Driver Verifier where those have
 * one, with the bug check that a violation raises.
 */
public enum Rule {
  /** An IRP is completed once. */
  DOUBLE_COMPLETION("DoubleCompletion", BugCheckCode.MULTIPLE_IRP_COMPLETE_REQUESTS),
  /** A completed IRP has no cancel routine that IoCancelIrp could call. */
  CANCEL_STATE("CancelStateInCompletedIrp", BugCheckCode.CANCEL_STATE_IN_COMPLETED_IRP),
  /** An IRP is not touched after it was completed or freed. */
  IRP_TOUCHED_AFTER_COMPLETION("IrpTouchedAfterCompletion", BugCheckCode.PAGE_FAULT_IN_FREED_SPECIAL_POOL),
  /** A list entry is linked when it is removed and not linked when it is inserted. */
  CORRUPT_LIST_ENTRY("CorruptListEntry", BugCheckCode.KERNEL_SECURITY_CHECK_FAILURE, 3),
  /** IoCallDriver needs a stack location for the next driver. */
  NO_MORE_STACK_LOCATIONS("NoMoreIrpStackLocations", BugCheckCode.NO_MORE_IRP_STACK_LOCATIONS),
  /** A cancel routine releases the cancel spin lock before it returns. */
  CANCEL_LOCK_HELD("CancelSpinLock", BugCheckCode.DRIVER_RETURNED_HOLDING_CANCEL_LOCK),
  /** An exception leaves no kernel routine. */
  UNHANDLED_EXCEPTION("UnhandledException", BugCheckCode.KMODE_EXCEPTION_NOT_HANDLED),

  /** A spin lock is not requested by its owner. */
  SPIN_LOCK_RECURSION("SpinLock", BugCheckCode.SPIN_LOCK_ALREADY_OWNED),
  /** A spin lock is released by its owner. */
  SPIN_LOCK_NOT_OWNED("SpinLockRelease", BugCheckCode.SPIN_LOCK_NOT_OWNED),
  /** A thread ends at PASSIVE_LEVEL. */
  IRQL_GT_ZERO_AT_SYSTEM_SERVICE("IrqlReturn", BugCheckCode.IRQL_GT_ZERO_AT_SYSTEM_SERVICE),
  /** A thread ends when it has released its mutexes. */
  THREAD_ENDED_OWNING_MUTEX("MutexOwned", BugCheckCode.THREAD_TERMINATE_HELD_MUTEX),
  /** The routine of a work item returns when it has released its mutexes. */
  WORKER_RETURNED_OWNING_MUTEX("MutexOwned", BugCheckCode.SYSTEM_EXIT_OWNED_MUTEX),
  /** A DPC, or a cancel routine, leaves the IRQL as it is to be left. */
  IRQL_UNEXPECTED_VALUE("IrqlReturn", BugCheckCode.IRQL_UNEXPECTED_VALUE),
  /** A DPC does not wait. */
  SWITCH_FROM_DPC("SwitchFromDpc", BugCheckCode.ATTEMPTED_SWITCH_FROM_DPC),
  /** The memory of a timer is not freed while the timer is set. */
  TIMER_FREED_WHILE_SET("TimerInFreedMemory", BugCheckCode.TIMER_OR_DPC_INVALID, 0),
  /** The memory of a DPC is not freed while the DPC is queued. */
  DPC_FREED_WHILE_QUEUED("DpcInFreedMemory", BugCheckCode.TIMER_OR_DPC_INVALID, 1),
  /** A DPC leaves the count of disabled APCs as it found it. */
  DPC_CHANGED_APC_COUNT("DpcApcCount", BugCheckCode.TIMER_OR_DPC_INVALID, 4),
  /** KeFlushQueuedDpcs is called at PASSIVE_LEVEL. */
  FLUSH_DPCS_ABOVE_PASSIVE("IrqlKePassive", BugCheckCode.IRQL_NOT_LESS_OR_EQUAL, 0x1),
  /** A thread waits for at most 64 objects. */
  MAXIMUM_WAIT_OBJECTS_EXCEEDED("MaximumWaitObjects", BugCheckCode.MAXIMUM_WAIT_OBJECTS_EXCEEDED),
  /** Memory is freed once. */
  FREED_TWICE("FreedTwice", BugCheckCode.BAD_POOL_CALLER, 0x7),
  /** Only what was referenced is dereferenced. */
  REFERENCE_COUNT("ReferenceByPointer", BugCheckCode.REFERENCE_BY_POINTER),
  /** A file is opened at PASSIVE_LEVEL, and a thread is created below DISPATCH_LEVEL. */
  IRQL_PASSIVE("IrqlZwPassive", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION),
  /** Critical regions that are left were entered. */
  CRITICAL_REGIONS("CriticalRegions", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x40003),
  /** Guarded regions that are left were entered. */
  GUARDED_REGIONS("GuardedRegions", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x4000E),
  /** A routine is called at APC_LEVEL or below. */
  IRQL_APC_LTE("IrqlKeApcLte1", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x2000F),
  /** A fast mutex is acquired at APC_LEVEL or below. */
  FAST_MUTEX_ABOVE_APC("IrqlExApcLte1", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x33),
  /** A fast mutex is released at APC_LEVEL. */
  FAST_MUTEX_RELEASE("IrqlExApcLte1", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x34),
  /** A fast mutex is acquired "unsafe" where normal kernel APCs are disabled. */
  ACQUIRE_UNSAFE_WITH_APCS("FastMutexUnsafe", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x39),
  /** A fast mutex is released "unsafe" where normal kernel APCs are disabled. */
  RELEASE_UNSAFE_WITH_APCS("FastMutexUnsafe", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x3A),
  /** A resource is acquired at APC_LEVEL or below. */
  RESOURCE_ABOVE_APC("IrqlExApcLte3", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x20007),
  /** A resource is acquired where normal kernel APCs are disabled. */
  ACQUIRE_RESOURCE_WITH_APCS("WithinCriticalRegion", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x37),
  /** A resource is released where normal kernel APCs are disabled. */
  RELEASE_RESOURCE_WITH_APCS("WithinCriticalRegion", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x38),
  /** A resource is released by who has it. */
  RESOURCE_NOT_OWNED("ResourceOwner", BugCheckCode.RESOURCE_NOT_OWNED),
  /** A thread ends when nothing is left that it alone has access to. */
  EXCLUSIVE_RESOURCE_ACCESS("ExclusiveResourceAccess", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION),
  /** A resource is deleted when nobody has it. */
  RESOURCE_IN_USE("ResourceInUse", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION),
  /** KeEnterCriticalRegion is called at APC_LEVEL or below. */
  ENTER_CRITICAL_REGION_ABOVE_APC("IrqlKeApcLte1", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x11A),
  /** KeLeaveCriticalRegion is called at APC_LEVEL or below. */
  LEAVE_CRITICAL_REGION_ABOVE_APC("IrqlKeApcLte1", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x11B),
  /** A thread leaves the critical regions that it entered before it ends. */
  APC_INDEX_MISMATCH("CriticalRegions", BugCheckCode.APC_INDEX_MISMATCH),
  /** KeRaiseIrql does not lower. */
  RAISE_TO_LOWER("IrqlKeRaiseLower", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x30),
  /** KeLowerIrql restores what the preceding KeRaiseIrql returned. */
  LOWER_TO_HIGHER("IrqlKeRaiseLower2", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x31),
  /** KeReleaseSpinLock is called at DISPATCH_LEVEL. */
  RELEASE_NOT_AT_DISPATCH("IrqlKeReleaseSpinLock", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x32),
  /** KeAcquireSpinLockAtDpcLevel is called at DISPATCH_LEVEL or above. */
  ACQUIRE_AT_DPC_BELOW_DISPATCH("IrqlDispatch", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x40),
  /** KeReleaseSpinLockFromDpcLevel is called at DISPATCH_LEVEL or above. */
  RELEASE_FROM_DPC_BELOW_DISPATCH("IrqlDispatch", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x41),
  /** KeAcquireSpinLock is called at DISPATCH_LEVEL or below. */
  ACQUIRE_ABOVE_DISPATCH("IrqlKeDispatchLte", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x42),
  /** KeSetEvent is called at DISPATCH_LEVEL or below. */
  SET_EVENT_ABOVE_DISPATCH("IrqlKeSetEvent", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x80),
  /** KeSetEvent with Wait is called at APC_LEVEL or below. */
  SET_EVENT_AND_WAIT_ABOVE_APC("IrqlKeSetEvent", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x20016),
  /** A routine of the I/O manager or the CSQ library is called at DISPATCH_LEVEL or below. */
  IRQL_DISPATCH_LTE("IrqlKeDispatchLte", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x20011),
  /** KeReleaseSpinLock is called for a lock that somebody acquired. */
  RELEASE_UNACQUIRED("SpinLockRelease", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1007),
  /** KeReleaseSpinLock is called by the thread that acquired the lock. */
  RELEASE_BY_OTHER("SpinLockRelease", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1004),
  /** Nobody waits above DISPATCH_LEVEL. */
  WAIT_ABOVE_DISPATCH("IrqlKeDispatchLte", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x120),
  /** A thread waits with a timeout at APC_LEVEL or below, unless the timeout is zero. */
  TIMED_WAIT_AT_DISPATCH("IrqlKeApcLte1", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x122),
  /** A thread waits at APC_LEVEL or below, unless the timeout is zero. */
  WAIT_AT_DISPATCH("IrqlKeApcLte1", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x121),
  /** A cancelled IRP is completed in time. */
  CANCELLED_IRP_NOT_COMPLETED("CancelledIrpNotCompleted", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x135),
  /** A dispatch or cancel routine ends without a spin lock. */
  SPIN_LOCK_HELD_AT_RETURN("SpinLock", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x40009),
  /** A thread ends without a spin lock. */
  THREAD_ENDED_HOLDING_LOCK("SpinLock", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x100A),
  /** A remove lock is released by who acquired it, once. */
  REMOVE_LOCK("RemoveLock", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0xD5),
  /** A remove lock is waited for with a tag that it was acquired with. */
  REMOVE_LOCK_WAIT_TAG("RemoveLock", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0xD6),
  /** A completion routine returns at the IRQL it was called at. */
  COMPLETION_CHANGED_IRQL("IrqlCompletionReturn", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0xFA),
  /** Threads do not wait for each other in a circle. */
  DEADLOCK("Deadlock", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1001),

  /** Nobody spins for a spin lock that what it interrupted holds: its processor would never come to giving it back. */
  PRIORITY_INVERSION("PriorityInversion", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1000),
  /** A queued spin lock is not used with the ordinary routines. */
  ORDINARY_USE_OF_QUEUED_LOCK("QueuedSpinLock", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1008),
  /** A spin lock that is used with the ordinary routines is not used with the queued ones. */
  QUEUED_USE_OF_ORDINARY_LOCK("QueuedSpinLock", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1009),
  /** A queue handle serves one acquisition at a time. */
  QUEUE_HANDLE_IN_USE("QueuedSpinLock", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x40006),
  /** A queue handle is released after it was acquired with. */
  QUEUE_HANDLE_NOT_IN_USE("QueuedSpinLockRelease", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x40007),
  /** A spin lock is initialised before it is used. */
  SPIN_LOCK_NOT_INITIALIZED("SpinLock", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1002),
  /** A spin lock is initialised once. */
  SPIN_LOCK_REINITIALIZED("SpinLock", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1005),
  /** A DPC, or an ISR, does not take longer than it may. */
  DPC_TOO_LONG("DpcWatchdog", BugCheckCode.DPC_WATCHDOG_VIOLATION, 0),
  /** Nobody keeps a processor at DISPATCH_LEVEL or above for too long. */
  TOO_LONG_AT_DISPATCH("DpcWatchdog", BugCheckCode.DPC_WATCHDOG_VIOLATION, 1),
  /** IoInitializeTimer is called at PASSIVE_LEVEL. */
  INITIALIZE_TIMER_ABOVE_PASSIVE("IrqlIoPassive5", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x2000E),
  /** A device's timer is initialised once. */
  TIMER_INITIALIZED_TWICE("IoInitializeTimer", BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x0A),
  /** A spin lock is held for at most 25 us. */
  SPIN_LOCK_HELD_TOO_LONG("SpinLockHoldTime", BugCheckCode.DPC_WATCHDOG_VIOLATION),
  /** An interrupt service routine returns at the IRQL it was called at. */
  ISR_CHANGED_IRQL("IrqlIsrReturn", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x111),
  /** An interrupt is connected and disconnected at PASSIVE_LEVEL. */
  CONNECT_INTERRUPT_ABOVE_PASSIVE("IrqlIoPassive2", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x2000B),
  /** The spin lock of an interrupt is not asked for where the interrupt is handled at PASSIVE_LEVEL and has none. */
  PASSIVE_INTERRUPT_HAS_NO_LOCK("PassiveLevelInterrupt", BugCheckCode.IRQL_NOT_GREATER_OR_EQUAL),

  /** A device queue, and StartIo, are for DISPATCH_LEVEL. */
  IRQL_DISPATCH("IrqlDispatch", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x20003),
  /** Requests are taken off a device queue only while the device is busy. */
  DEVICE_QUEUE_NOT_BUSY("DeviceQueueNotBusy", BugCheckCode.DEVICE_QUEUE_NOT_BUSY),
  /** No request is completed, nor the next one started, with a spin lock held. */
  SPIN_LOCK_SAFE("SpinLockSafe", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION),
  /** A work item is queued once at a time. */
  WORK_ITEM_QUEUED_TWICE("WorkItem", BugCheckCode.INVALID_WORK_QUEUE_ITEM),
  /** A work item is not freed while it is queued. */
  QUEUED_WORK_ITEM_FREED("WorkItem", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x130),
  /** A work item that was freed is not used. */
  FREED_WORK_ITEM("WorkItem", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x131),
  /** The lock of an interlocked list is passed to interlocked list routines, and used in no other way. */
  INTERLOCKED_LIST_LOCK("InterlockedListLock", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1008),
  /** A list is changed by interlocked routines only, all with the same lock, or by none. */
  INTERLOCKED_LIST("InterlockedList", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION),

  /** Only what IoAllocateIrp gave is freed. */
  FREE_IN_USE("IoFreeIrp", BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x20A),
  /** An IRP on a thread's list is freed by the I/O manager. */
  FREE_THREADED_IRP(
      "IoBuildSynchronousFsdRequestNoFree", BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x02),
  /** Only what IoAllocateIrp gave is reused. */
  REUSE_NOT_ALLOCATED("IoReuseIrp", BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION),
  /** The completion routine of whoever made an IRP with IoAllocateIrp stops the walk. */
  ALLOCATED_IRP_COMPLETED("IoAllocateComplete", BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION),
  /** What IoAllocateIrp gave is initialised already. */
  INITIALIZE_ALLOCATED("IoInitializeIrp", BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x20D),
  /** A completion routine marks an IRP pending that the driver below has, unless it stops the walk. */
  PENDING_NOT_PROPAGATED("PendingReturned", BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x228),
  /** An IRP that is with a lower driver gets no cancel routine. */
  CANCEL_ROUTINE_ON_IRP_BELOW("CancelRoutineBelow", BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x229),
  /** Who makes a pended IRP cancelable looks at its Cancel field then. */
  IRP_CANCEL_FIELD("IrpCancelField", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION),
  /** After IoSetCompletionRoutineEx an IRP is sent down. */
  COMPLETION_EX_NOT_SENT("IoSetCompletionExCompleteIrp", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x4100F),
  /** An IRP is marked pending by a driver that has a stack location of its own. */
  PENDING_WITHOUT_LOCATION("MarkIrpPending", BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION),
  /** A driver that has marked an IRP pending does not hand its own stack location down. */
  PENDING_SKIPPED("MarkIrpPending", BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION),
  /** A routine that builds an IRP is called at APC_LEVEL or below. */
  IRQL_IO_APC_LTE("IrqlIoApcLte", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION),
  /** No IRP is sent to a device that is gone. */
  CALL_DELETED_DEVICE("CallDeletedDevice", BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x04),
  /** A device is detached from the one below before it is deleted. */
  DELETED_WHILE_ATTACHED("DeleteDevice", BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION),
  /** An IRP is completed by a driver that it was sent to; Driver Verifier only warns. */
  COMPLETED_NOT_SENT("CompleteRequest", BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x239),
  /** A dispatch routine returns at the IRQL it was called at. */
  DISPATCH_CHANGED_IRQL("IrqlDispatchReturn", BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x05),
  /** An IRP is not completed with STATUS_PENDING. */
  COMPLETE_PENDING_STATUS("CompleteRequestStatusCheck", BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x06),
  /** An IRP is not completed while a cancel routine is set. */
  COMPLETE_WITH_CANCEL_ROUTINE("CompleteWithCancelRoutine", BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x07),
  /** IoCompleteRequest is called at DISPATCH_LEVEL or below. */
  COMPLETE_ABOVE_DISPATCH("CompleteRequestIrql", BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x0E),
  /** IoCallDriver is called at DISPATCH_LEVEL or below. */
  CALL_DRIVER_ABOVE_DISPATCH("ForwardedAtBadIrql", BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x10),
  /** An IRP is sent down without a cancel routine. */
  FORWARD_WITH_CANCEL_ROUTINE("ForwardWithCancelRoutine", BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x203),
  /** A dispatch routine returns the status it completed the IRP with. */
  DISPATCH_STATUS_DIFFERS("DispatchStatus", BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x224),
  /** A dispatch routine completes, forwards or pends its IRP. */
  IRP_DROPPED("CompleteRequest", BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x226),
  /** STATUS_PENDING is returned only for an IRP marked pending. */
  PENDING_NOT_MARKED("MarkIrpPending2", BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x23D),
  /** For an IRP marked pending STATUS_PENDING is returned. */
  MARKED_NOT_PENDING("MarkIrpPending", BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x23E),

  /** Spin locks that are held together are taken in the same order each time. */
  LOCK_ORDER("Deadlock", BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1001),
  /** Pageable memory is touched below DISPATCH_LEVEL. */
  PAGED_MEMORY("PagedMemory", BugCheckCode.DRIVER_IRQL_NOT_LESS_OR_EQUAL);

  private static final int NO_SUBCODE = -1;

  private final String ruleName;
  private final BugCheckCode code;
  private final int subcode;

  Rule(String ruleName, BugCheckCode code) {
    this(ruleName, code, NO_SUBCODE);
  }

  Rule(String ruleName, BugCheckCode code, int subcode) {
    this.ruleName = ruleName;
    this.code = code;
    this.subcode = subcode;
  }

  /** The rule's name in reports. */
  public String ruleName() {
    return ruleName;
  }

  /** Whether a violation is that activities wait for each other in a circle. */
  public boolean isDeadlock() {
    return this == DEADLOCK || this == PRIORITY_INVERSION;
  }

  /** The bug check that a violation raises. */
  public BugCheckCode code() {
    return code;
  }

  /** The bug check code and, where there is one, the subcode, as a message has them: {@code 0xC4/0x121}. */
  public String number() {
    return hasSubcode() ? String.format("0x%X/0x%X", code.code(), subcode) : String.format("0x%X", code.code());
  }

  boolean hasSubcode() {
    return subcode != NO_SUBCODE;
  }

  /** The smallest set of checks that holds drivers to this rule. */
  public Verifier checkedFrom() {
    return switch (this) {
      case IRP_CANCEL_FIELD,
          ALLOCATED_IRP_COMPLETED,
          COMPLETED_NOT_SENT,
          PENDING_SKIPPED,
          FAST_MUTEX_RELEASE,
          ACQUIRE_UNSAFE_WITH_APCS,
          RELEASE_UNSAFE_WITH_APCS,
          EXCLUSIVE_RESOURCE_ACCESS ->
          Verifier.EVERYTHING;
      case SPIN_LOCK_HELD_TOO_LONG -> Verifier.STANDARD;
      default -> code.isVerifiers() && unverified() == code ? Verifier.STANDARD : Verifier.OFF;
    };
  }

  /** What the kernel itself stops with where Driver Verifier does not stop first. */
  private BugCheckCode unverified() {
    return switch (this) {
      case RAISE_TO_LOWER -> BugCheckCode.IRQL_NOT_GREATER_OR_EQUAL;
      case LOWER_TO_HIGHER,
          ACQUIRE_ABOVE_DISPATCH,
          SET_EVENT_ABOVE_DISPATCH,
          WAIT_ABOVE_DISPATCH,
          WAIT_AT_DISPATCH,
          TIMED_WAIT_AT_DISPATCH ->
          BugCheckCode.IRQL_NOT_LESS_OR_EQUAL;
      case RELEASE_UNACQUIRED, RELEASE_BY_OTHER -> BugCheckCode.SPIN_LOCK_NOT_OWNED;
      default -> code;
    };
  }

  /**
   * Stops the machine.
   *
   * @param machine what to stop
   * @param explanation what happened, in words
   * @param parameters the bug check's parameters, without the subcode
   * @return never; throw it, so that the compiler knows
   */
  public BugCheck violated(StopsOnBugCheck machine, String explanation, Object... parameters) {
    return violatedBy(null, machine, explanation, parameters);
  }

  /** Stops the machine because of something that was thrown. */
  public BugCheck violatedBy(
      @Nullable Throwable thrown, StopsOnBugCheck machine, String explanation, Object... parameters) {
    BugCheckCode shown = machine.verifier() == Verifier.OFF ? unverified() : code;
    List<Object> all = new ArrayList<>();
    if (subcode != NO_SUBCODE && shown == code) {
      all.add(subcode);
    }
    all.addAll(List.of(parameters));
    BugCheck bugCheck =
        new BugCheck(this, shown, explanation, List.copyOf(all), machine.circumstances(), thrown);
    machine.stop(bugCheck);
    return bugCheck;
  }
}
