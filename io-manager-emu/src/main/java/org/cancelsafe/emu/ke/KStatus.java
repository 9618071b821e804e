package org.cancelsafe.emu.ke;

/**
 * The {@code NTSTATUS} of a kernel routine. It equals the I/O manager's status of the same code; {@code NtStatus.of}
 * makes one of it, for a dispatch routine to return.
 */
public final class KStatus extends StatusCode {
  /** 0. */
  public static final KStatus STATUS_SUCCESS = new KStatus(0x00000000, "STATUS_SUCCESS");

  /** The first of several objects ended the wait: the same as STATUS_SUCCESS. */
  public static final KStatus STATUS_WAIT_0 = STATUS_SUCCESS;

  /** The second of several objects ended the wait. */
  public static final KStatus STATUS_WAIT_1 = wait(1);

  /** The third of several objects ended the wait. */
  public static final KStatus STATUS_WAIT_2 = wait(2);

  /** The fourth of several objects ended the wait. */
  public static final KStatus STATUS_WAIT_3 = wait(3);

  /** The mutex waited for was abandoned by its owner. */
  public static final KStatus STATUS_ABANDONED = new KStatus(0x00000080, "STATUS_ABANDONED");

  /** An APC, such as the one that ends a thread, ended the wait. */
  public static final KStatus STATUS_USER_APC = new KStatus(0x000000C0, "STATUS_USER_APC");

  /** The thread was alerted. */
  public static final KStatus STATUS_ALERTED = new KStatus(0x00000101, "STATUS_ALERTED");

  /** The time was over. */
  public static final KStatus STATUS_TIMEOUT = new KStatus(0x00000102, "STATUS_TIMEOUT");

  /** A parameter is wrong. */
  public static final KStatus STATUS_INVALID_PARAMETER = new KStatus(0xC000000D, "STATUS_INVALID_PARAMETER");

  private static final int ABANDONED_WAIT_0 = 0x80;

  private KStatus(int code, String name) {
    super(code, name);
  }

  /** {@code STATUS_WAIT_0 + n}: the object with this number ended the wait. */
  public static KStatus wait(int number) {
    return number == 0 ? STATUS_SUCCESS : new KStatus(number, "STATUS_WAIT_" + number);
  }

  /** {@code STATUS_ABANDONED_WAIT_0 + n}: the mutex with this number ended the wait, abandoned. */
  public static KStatus abandonedWait(int number) {
    return number == 0
        ? STATUS_ABANDONED
        : new KStatus(ABANDONED_WAIT_0 + number, "STATUS_ABANDONED_WAIT_" + number);
  }
}
