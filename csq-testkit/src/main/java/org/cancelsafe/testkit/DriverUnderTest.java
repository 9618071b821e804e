package org.cancelsafe.testkit;

import org.cancelsafe.emu.io.DeviceObject;

/** A driver with one device, loaded on a machine. */
public interface DriverUnderTest {
  /** The device that requests are sent to. */
  DeviceObject device();

  /** What the hardware does now and then: the driver completes the next request it pends, if there is one. */
  void serve();

  /**
   * The device goes away: no request that comes from now on is pended, and those that are pending get completed. When
   * this and everything that runs at once is over, nothing is pending.
   */
  void unload();
}
