package org.cancelsafe.examples.shipped;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.function.Supplier;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** B-50. */
@AutoService(CatalogueEntry.class)
public final class B50 implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("B-50", Family.TEARDOWN, "A driver is stopped while it is used")
        .text(
            """
            The Bluetooth driver's shutdown of Qadeer and Wu (KISS, PLDI 2004), and two attempts to put it right.
            How many context switches each version takes to fail, with so many adders (a) and stoppers (s), is
            published, and so a measure for who explores schedules.""")
        .shipped("The model of a driver sample; in the literature since 2004.")
        .mistake(Version1.class)
        .mistake(Version2.class)
        .correction(BluetoothDriver.class, "ioIncrement")
        .correction(BluetoothDriver.class, "pnpAdd");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        fails("B-50.v1", "v1: tests the flag, then counts itself in", Version1::new, 1, 1),
        holds("B-50.v2-1a1s", "v2: counts out twice, which two threads survive", Version2::new, 1, 1),
        fails("B-50.v2-1a2s", "v2: two stoppers count the driver out twice", Version2::new, 1, 2),
        fails("B-50.v2-2a1s", "v2: an adder that is refused counts out twice", Version2::new, 2, 1),
        holds("B-50.v3-1a1s", "v3: counts itself in, then tests the flag", BluetoothDriver::new, 1, 1),
        holds("B-50.v3-2a1s", "v3: the same with two adders", BluetoothDriver::new, 2, 1),
        fails("B-50.v3-1a2s", "v3: two stoppers count the driver out twice", BluetoothDriver::new, 1, 2));
  }

  /** The flag can be set between the test and the increment. */
  private static final class Version1 extends BluetoothDriver {
    @Override
    boolean ioIncrement() {
      if (stoppingFlag.read() != 0) {
        return false;
      }
      pendingIo.increment();
      return true;
    }
  }

  /** An adder that came too late is counted out by the increment, and then again. */
  private static final class Version2 extends BluetoothDriver {
    @Override
    void pnpAdd() {
      if (ioIncrement()) {
        useDevice();
      }
      ioDecrement();
    }
  }

  private static Scenario fails(String name, String about, Supplier<BluetoothDriver> driver, int adders, int stoppers) {
    return Scenario.named(name)
        .about("Bluetooth " + about)
        .expectingRace("AssertionFailed")
        .model(machine -> race(machine, driver.get(), adders, stoppers));
  }

  private static Scenario holds(String name, String about, Supplier<BluetoothDriver> driver, int adders, int stoppers) {
    return Scenario.named(name)
        .about("Bluetooth " + about)
        .model(machine -> race(machine, driver.get(), adders, stoppers));
  }

  private static void race(Machine machine, BluetoothDriver driver, int adders, int stoppers) {
    for (int i = 1; i <= adders; i++) {
      machine.startThread(adders == 1 ? "Adder" : "Adder" + i, driver::pnpAdd);
    }
    for (int i = 1; i <= stoppers; i++) {
      machine.startThread(stoppers == 1 ? "Stopper" : "Stopper" + i, driver::pnpStop);
    }
  }
}
