package org.cancelsafe.examples.samples;

import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoRemoveLock;
import org.cancelsafe.emu.io.Irp;

/** Files with a remove lock each, in FsContext: it keeps reads out once the file is cleaned up. */
final class LockedFiles {
  private LockedFiles() {}

  static FileObject open(String name, DeviceObject device) {
    FileObject file = new FileObject(name, device);
    file.setFsContext(new IoRemoveLock(name + ".RemoveLock"));
    return file;
  }

  static IoRemoveLock lockOf(Irp irp) {
    FileObject file = irp.currentStackLocation().fileObject();
    if (file != null && file.fsContext() instanceof IoRemoveLock lock) {
      return lock;
    }
    throw new IllegalStateException(irp + " is for no file of this driver");
  }
}
