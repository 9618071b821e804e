package org.cancelsafe.testkit;

import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;

/**
 * An IRP that is yet to be made, since an IRP belongs to a machine and arbitraries are drawn before there is one.
 *
 * @param major what it asks for
 * @param file for which file
 * @param length its {@code Parameters.Read.Length}
 */
public record IrpSpec(MajorFunction major, FileSpec file, long length) {
  /** Makes the IRP; send it with {@link IoManager#callDriver}. */
  public Irp build(IoManager io, DeviceFiles files) {
    Irp irp = io.buildRequest(files.of(file), major);
    irp.nextStackLocation().setLength(length);
    return irp;
  }
}
