package org.cancelsafe.testkit;

import java.util.Optional;
import org.cancelsafe.emu.io.FileObject;
import org.jspecify.annotations.Nullable;

/**
 * A peek context that is yet to be made.
 *
 * @param file the file whose IRPs it means; when empty, it is NULL and means all
 */
public record PeekSpec(Optional<FileSpec> file) {
  /** The context: a file object, or null. */
  public @Nullable FileObject in(DeviceFiles files) {
    return file.map(files::of).orElse(null);
  }
}
