package org.cancelsafe.emu.io;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.util.List;
import org.cancelsafe.emu.ke.StatusCode;
import org.jspecify.annotations.Nullable;

/** {@code NTSTATUS}. The named ones are constants; equal codes are equal statuses. */
public final class NtStatus extends StatusCode {
  /** 0. */
  public static final NtStatus STATUS_SUCCESS = new NtStatus(0x00000000, "STATUS_SUCCESS");

  /** The first of several objects ended the wait: the same as STATUS_SUCCESS. */
  public static final NtStatus STATUS_WAIT_0 = STATUS_SUCCESS;

  /** The second of several objects ended the wait. */
  public static final NtStatus STATUS_WAIT_1 = new NtStatus(0x00000001, "STATUS_WAIT_1");

  /** The third of several objects ended the wait. */
  public static final NtStatus STATUS_WAIT_2 = new NtStatus(0x00000002, "STATUS_WAIT_2");

  /** The fourth of several objects ended the wait. */
  public static final NtStatus STATUS_WAIT_3 = new NtStatus(0x00000003, "STATUS_WAIT_3");

  /** The mutex waited for was abandoned; a success code. */
  public static final NtStatus STATUS_ABANDONED = new NtStatus(0x00000080, "STATUS_ABANDONED");

  /** An APC, such as the one that ends a thread, ended the wait; a success code. */
  public static final NtStatus STATUS_USER_APC = new NtStatus(0x000000C0, "STATUS_USER_APC");

  /** The waiting thread was alerted; a success code. */
  public static final NtStatus STATUS_ALERTED = new NtStatus(0x00000101, "STATUS_ALERTED");

  /** The wait timed out; a success code. */
  public static final NtStatus STATUS_TIMEOUT = new NtStatus(0x00000102, "STATUS_TIMEOUT");

  /** The IRP will be completed later; a success code. */
  public static final NtStatus STATUS_PENDING = new NtStatus(0x00000103, "STATUS_PENDING");

  /** Something failed. */
  public static final NtStatus STATUS_UNSUCCESSFUL = new NtStatus(0xC0000001, "STATUS_UNSUCCESSFUL");

  /** There is no such handle. */
  public static final NtStatus STATUS_INVALID_HANDLE = new NtStatus(0xC0000008, "STATUS_INVALID_HANDLE");

  /** A parameter is wrong. */
  public static final NtStatus STATUS_INVALID_PARAMETER = new NtStatus(0xC000000D, "STATUS_INVALID_PARAMETER");

  /** The device does not know this request. */
  public static final NtStatus STATUS_INVALID_DEVICE_REQUEST =
      new NtStatus(0xC0000010, "STATUS_INVALID_DEVICE_REQUEST");

  /** The requester may not do that. */
  public static final NtStatus STATUS_ACCESS_DENIED = new NtStatus(0xC0000022, "STATUS_ACCESS_DENIED");

  /** From a completion routine: the walk stops here. */
  public static final NtStatus STATUS_MORE_PROCESSING_REQUIRED =
      new NtStatus(0xC0000016, "STATUS_MORE_PROCESSING_REQUIRED");

  /** From a completion routine: the walk goes on. The same as STATUS_SUCCESS. */
  public static final NtStatus STATUS_CONTINUE_COMPLETION = STATUS_SUCCESS;

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

  /** Nobody has written that yet. */
  public static final NtStatus STATUS_NOT_IMPLEMENTED = new NtStatus(0xC0000002, "STATUS_NOT_IMPLEMENTED");

  /** There is no such device. */
  public static final NtStatus STATUS_NO_SUCH_DEVICE = new NtStatus(0xC000000E, "STATUS_NO_SUCH_DEVICE");

  /** There is nothing more to read. */
  public static final NtStatus STATUS_END_OF_FILE = new NtStatus(0xC0000011, "STATUS_END_OF_FILE");

  /** The buffer is too small. */
  public static final NtStatus STATUS_BUFFER_TOO_SMALL = new NtStatus(0xC0000023, "STATUS_BUFFER_TOO_SMALL");

  /** A mutex is released by somebody else than its owner. */
  public static final NtStatus STATUS_MUTANT_NOT_OWNED = new NtStatus(0xC0000046, "STATUS_MUTANT_NOT_OWNED");

  /** A semaphore is released above its limit. */
  public static final NtStatus STATUS_SEMAPHORE_LIMIT_EXCEEDED =
      new NtStatus(0xC0000047, "STATUS_SEMAPHORE_LIMIT_EXCEEDED");

  /** The device is not connected. */
  public static final NtStatus STATUS_DEVICE_NOT_CONNECTED = new NtStatus(0xC000009D, "STATUS_DEVICE_NOT_CONNECTED");

  /** The request is not supported. */
  public static final NtStatus STATUS_NOT_SUPPORTED = new NtStatus(0xC00000BB, "STATUS_NOT_SUPPORTED");

  /** The device is in no state for this request. */
  public static final NtStatus STATUS_INVALID_DEVICE_STATE = new NtStatus(0xC0000184, "STATUS_INVALID_DEVICE_STATE");

  /** The device reports an error. */
  public static final NtStatus STATUS_IO_DEVICE_ERROR = new NtStatus(0xC0000185, "STATUS_IO_DEVICE_ERROR");

  /** There is no such thing. */
  public static final NtStatus STATUS_NOT_FOUND = new NtStatus(0xC0000225, "STATUS_NOT_FOUND");

  /** The device is gone. */
  public static final NtStatus STATUS_DEVICE_REMOVED = new NtStatus(0xC00002B6, "STATUS_DEVICE_REMOVED");

  /** The named ones, for who has no more than a code. */
  private static final class Named {
    private static final ImmutableMap<Integer, NtStatus> BY_CODE =
        Maps.uniqueIndex(
            List.of(
                STATUS_SUCCESS,
                STATUS_WAIT_1,
                STATUS_WAIT_2,
                STATUS_WAIT_3,
                STATUS_ABANDONED,
                STATUS_USER_APC,
                STATUS_ALERTED,
                STATUS_TIMEOUT,
                STATUS_PENDING,
                STATUS_UNSUCCESSFUL,
                STATUS_INVALID_HANDLE,
                STATUS_INVALID_PARAMETER,
                STATUS_INVALID_DEVICE_REQUEST,
                STATUS_ACCESS_DENIED,
                STATUS_MORE_PROCESSING_REQUIRED,
                STATUS_DELETE_PENDING,
                STATUS_INSUFFICIENT_RESOURCES,
                STATUS_DEVICE_NOT_READY,
                STATUS_DEVICE_BUSY,
                STATUS_IO_TIMEOUT,
                STATUS_CANCELLED,
                STATUS_FILE_CLOSED,
                STATUS_NOT_IMPLEMENTED,
                STATUS_NO_SUCH_DEVICE,
                STATUS_END_OF_FILE,
                STATUS_BUFFER_TOO_SMALL,
                STATUS_MUTANT_NOT_OWNED,
                STATUS_SEMAPHORE_LIMIT_EXCEEDED,
                STATUS_DEVICE_NOT_CONNECTED,
                STATUS_NOT_SUPPORTED,
                STATUS_INVALID_DEVICE_STATE,
                STATUS_IO_DEVICE_ERROR,
                STATUS_NOT_FOUND,
                STATUS_DEVICE_REMOVED),
            NtStatus::code);
  }

  private static final int SEVERITY_SHIFT = 30;
  private static final int SEVERITY_ERROR = 3;

  private NtStatus(int code, @Nullable String name) {
    super(code, name);
  }

  /** The status with this code. */
  public static NtStatus of(int code) {
    NtStatus named = Named.BY_CODE.get(code);
    return named != null ? named : new NtStatus(code, null);
  }

  /** {@code NT_ERROR}: whether this is an error, not a warning. */
  public boolean isError() {
    return code() >>> SEVERITY_SHIFT == SEVERITY_ERROR;
  }

  /** The I/O manager's status of the same code, for a dispatch routine that returns what a wait gave it. */
  public static NtStatus of(StatusCode status) {
    return of(status.code());
  }
}
