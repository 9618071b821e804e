package org.cancelsafe.emu.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class NtStatusTest {
  @Test
  void aKnownCodeIsItsConstant() {
    assertSame(NtStatus.STATUS_CANCELLED, NtStatus.of(0xC0000120));
    assertEquals("STATUS_CANCELLED", NtStatus.STATUS_CANCELLED.toString());
  }

  @Test
  void equalCodesAreEqual() {
    assertEquals(NtStatus.of(0xC0001234), NtStatus.of(0xC0001234));
    assertEquals(NtStatus.of(0xC0001234).hashCode(), NtStatus.of(0xC0001234).hashCode());
    assertNotEquals(NtStatus.STATUS_SUCCESS, NtStatus.STATUS_PENDING);
    assertEquals("NTSTATUS 0xC0001234", NtStatus.of(0xC0001234).toString());
  }

  @Test
  void ntSuccessIsSuccessAndInformation() {
    assertTrue(NtStatus.STATUS_SUCCESS.isSuccess());
    assertTrue(NtStatus.STATUS_PENDING.isSuccess());
    assertTrue(NtStatus.of(0x40000000).isSuccess());
    assertFalse(NtStatus.STATUS_DEVICE_BUSY.isSuccess());
    assertFalse(NtStatus.STATUS_CANCELLED.isSuccess());
  }
}
