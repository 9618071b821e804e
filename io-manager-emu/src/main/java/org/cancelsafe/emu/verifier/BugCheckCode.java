package org.cancelsafe.emu.verifier;

/** Bug check codes that the emulator can stop with. */
public enum BugCheckCode {
  /** A thread ends with APCs disabled. */
  APC_INDEX_MISMATCH(0x1),
  /** A request was taken off a device queue that is not busy. */
  DEVICE_QUEUE_NOT_BUSY(0x2),
  /** IRQL too low for what was called. */
  IRQL_NOT_GREATER_OR_EQUAL(0x9),
  /** IRQL too high for pageable or freed memory, or an IRQL where it must not be. */
  IRQL_NOT_LESS_OR_EQUAL(0xA),
  /** A thread waits for more objects than it can. */
  MAXIMUM_WAIT_OBJECTS_EXCEEDED(0xC),
  /** A spin lock was requested by its owner. */
  SPIN_LOCK_ALREADY_OWNED(0xF),
  /** A spin lock was released that its releaser does not own. */
  SPIN_LOCK_NOT_OWNED(0x10),
  /** An object was dereferenced more often than it was referenced. */
  REFERENCE_BY_POINTER(0x18),
  /** An exception that nobody handled. */
  KMODE_EXCEPTION_NOT_HANDLED(0x1E),
  /** More drivers than stack locations. */
  NO_MORE_IRP_STACK_LOCATIONS(0x35),
  /** A work item's routine returned, and its thread owns a mutex. */
  SYSTEM_EXIT_OWNED_MUTEX(0x39),
  /** An IRP was completed twice. */
  MULTIPLE_IRP_COMPLETE_REQUESTS(0x44),
  /** An IRP that has a cancel routine was already completed. */
  CANCEL_STATE_IN_COMPLETED_IRP(0x48),
  /** A thread ends or returns to user mode above PASSIVE_LEVEL. */
  IRQL_GT_ZERO_AT_SYSTEM_SERVICE(0x4A),
  /** A work item was queued while it was queued. */
  INVALID_WORK_QUEUE_ITEM(0x96),
  /** A DPC waited. */
  ATTEMPTED_SWITCH_FROM_DPC(0xB8),
  /** A pool block was freed twice: the first parameter tells. */
  BAD_POOL_CALLER(0xC2),
  /** Driver Verifier: the first parameter tells what. */
  DRIVER_VERIFIER_DETECTED_VIOLATION(0xC4),
  /** A timer or DPC is where it must not be, or left something changed: the first parameter tells. */
  TIMER_OR_DPC_INVALID(0xC7),
  /** A routine returned at another IRQL than it has to. */
  IRQL_UNEXPECTED_VALUE(0xC8),
  /** Driver Verifier's I/O checks: the first parameter tells what. */
  DRIVER_VERIFIER_IOMANAGER_VIOLATION(0xC9),
  /** Memory was used after it was freed. */
  PAGE_FAULT_IN_FREED_SPECIAL_POOL(0xCC),
  /** A driver touched pageable memory at too high an IRQL. */
  DRIVER_IRQL_NOT_LESS_OR_EQUAL(0xD1),
  /** A thread released a resource that it does not own. */
  RESOURCE_NOT_OWNED(0xE3),
  /** A cancel routine returned with the cancel spin lock held. */
  DRIVER_RETURNED_HOLDING_CANCEL_LOCK(0x11B),
  /** A processor was at DISPATCH_LEVEL or above for too long. */
  DPC_WATCHDOG_VIOLATION(0x133),
  /** A critical data structure, here a list, is corrupt. */
  KERNEL_SECURITY_CHECK_FAILURE(0x139),
  /** A thread ended that owns a mutex. */
  THREAD_TERMINATE_HELD_MUTEX(0x4000008A);

  private final int code;

  BugCheckCode(int code) {
    this.code = code;
  }

  /** The number on the blue screen. */
  public int code() {
    return code;
  }

  /** Whether this is one of Driver Verifier's, whose first parameter is a subcode. */
  public boolean isVerifiers() {
    return this == DRIVER_VERIFIER_DETECTED_VIOLATION || this == DRIVER_VERIFIER_IOMANAGER_VIOLATION;
  }
}
