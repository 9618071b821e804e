package org.cancelsafe.emu.io;

import com.google.common.collect.ImmutableMap;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code NTSTATUS}. The named ones are constants; equal codes are equal statuses. */
public final class NtStatus {
  /** 0. */
  public static final NtStatus STATUS_SUCCESS = new NtStatus(0x00000000, "STATUS_SUCCESS");

  /** The wait timed out; a success code. */
  public static final NtStatus STATUS_TIMEOUT = new NtStatus(0x00000102, "STATUS_TIMEOUT");

  /** The IRP will be completed later; a success code. */
  public static final NtStatus STATUS_PENDING = new NtStatus(0x00000103, "STATUS_PENDING");

  /** Something failed. */
  public static final NtStatus STATUS_UNSUCCESSFUL = new NtStatus(0xC0000001, "STATUS_UNSUCCESSFUL");

  /** A parameter is wrong. */
  public static final NtStatus STATUS_INVALID_PARAMETER = new NtStatus(0xC000000D, "STATUS_INVALID_PARAMETER");

  /** The device does not know this request. */
  public static final NtStatus STATUS_INVALID_DEVICE_REQUEST =
      new NtStatus(0xC0000010, "STATUS_INVALID_DEVICE_REQUEST");

  /** From a completion routine: the walk stops here. */
  public static final NtStatus STATUS_MORE_PROCESSING_REQUIRED =
      new NtStatus(0xC0000016, "STATUS_MORE_PROCESSING_REQUIRED");

  /** Something is going away. */
  public static final NtStatus STATUS_DELETE_PENDING = new NtStatus(0xC0000056, "STATUS_DELETE_PENDING");

  /** No memory. */
  public static final NtStatus STATUS_INSUFFICIENT_RESOURCES =
      new NtStatus(0xC000009A, "STATUS_INSUFFICIENT_RESOURCES");

  /** The device is not ready. */
  public static final NtStatus STATUS_DEVICE_NOT_READY = new NtStatus(0xC00000A3, "STATUS_DEVICE_NOT_READY");

  /** The device is busy. */
  public static final NtStatus STATUS_DEVICE_BUSY = new NtStatus(0x80000011, "STATUS_DEVICE_BUSY");

  /** The I/O timed out. */
  public static final NtStatus STATUS_IO_TIMEOUT = new NtStatus(0xC00000B5, "STATUS_IO_TIMEOUT");

  /** The IRP was cancelled. */
  public static final NtStatus STATUS_CANCELLED = new NtStatus(0xC0000120, "STATUS_CANCELLED");

  /** The file object was closed. */
  public static final NtStatus STATUS_FILE_CLOSED = new NtStatus(0xC0000128, "STATUS_FILE_CLOSED");

  private static final ImmutableMap<Integer, NtStatus> NAMED =
      byCode(
          STATUS_SUCCESS,
          STATUS_TIMEOUT,
          STATUS_PENDING,
          STATUS_UNSUCCESSFUL,
          STATUS_INVALID_PARAMETER,
          STATUS_INVALID_DEVICE_REQUEST,
          STATUS_MORE_PROCESSING_REQUIRED,
          STATUS_DELETE_PENDING,
          STATUS_INSUFFICIENT_RESOURCES,
          STATUS_DEVICE_NOT_READY,
          STATUS_DEVICE_BUSY,
          STATUS_IO_TIMEOUT,
          STATUS_CANCELLED,
          STATUS_FILE_CLOSED);

  private final int code;
  private final @Nullable String name;

  private NtStatus(int code, @Nullable String name) {
    this.code = code;
    this.name = name;
  }

  private static ImmutableMap<Integer, NtStatus> byCode(NtStatus... all) {
    ImmutableMap.Builder<Integer, NtStatus> map = ImmutableMap.builder();
    for (NtStatus status : all) {
      map.put(status.code, status);
    }
    return map.buildOrThrow();
  }

  /** The status with this code. */
  public static NtStatus of(int code) {
    NtStatus named = NAMED.get(code);
    return named != null ? named : new NtStatus(code, null);
  }

  /** The 32-bit code. */
  public int code() {
    return code;
  }

  /** {@code NT_SUCCESS}: whether this is a success or an informational code. */
  public boolean isSuccess() {
    return code >= 0;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NtStatus status && status.code == code;
  }

  @Override
  public int hashCode() {
    return code;
  }

  @Override
  public String toString() {
    return Objects.requireNonNullElseGet(name, () -> String.format("NTSTATUS 0x%08X", code));
  }
}
