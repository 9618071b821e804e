package org.cancelsafe.emu.io;

/** Where an IRP comes from, which decides who ends it. */
enum IrpOrigin {
  /** IoAllocateIrp: its maker frees it. */
  ALLOCATED,
  /** IoAllocateIrp with ChargeQuota FALSE: its maker frees it, and may initialise it again. */
  ALLOCATED_UNCHARGED,
  /** IoBuildSynchronousFsdRequest, IoBuildDeviceIoControlRequest: its thread's, freed by the I/O manager. */
  THREADED,
  /** IoBuildAsynchronousFsdRequest: its maker's completion routine frees it. */
  ASYNCHRONOUS,
  /** IoMakeAssociatedIrp: its master's, freed by the I/O manager. */
  ASSOCIATED
}
