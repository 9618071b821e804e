package org.cancelsafe.testkit.sweep;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.testkit.ClientProgram;

/** Compiles a mutant of the queue and loads it, with the driver that uses it, beside the queue itself. */
final class MutantLoader extends ClassLoader {
  private static final Path SOURCE = Path.of("../csq-core/src/main/java/org/cancelsafe/csq/IoCsq.java");

  private final Map<String, byte[]> mutated;

  private MutantLoader(Map<String, byte[]> mutated) {
    super(SweptDriver.class.getClassLoader());
    this.mutated = mutated;
  }

  /** The swept driver on this mutant. */
  static Function<ClientProgram, Scenario.Model> driverOn(Mutant mutant)
      throws ReflectiveOperationException, IOException {
    MutantLoader loader = new MutantLoader(compile(mutant.applyTo(Files.readString(SOURCE))));
    Object driver = loader.loadClass(SweptDriver.class.getName()).getConstructor().newInstance();
    @SuppressWarnings("unchecked")
    Function<ClientProgram, Scenario.Model> models = (Function<ClientProgram, Scenario.Model>) driver;
    return models;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    boolean own =
        name.startsWith(IoCsq.class.getPackageName() + ".") || name.startsWith(SweptDriver.class.getName());
    if (!own) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : define(name);
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    byte[] bytes = mutated.get(name);
    if (bytes == null) {
      try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        bytes = in.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return defineClass(name, bytes, 0, bytes.length);
  }

  private static Map<String, byte[]> compile(String source) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter errors = new StringWriter();
    try (Outputs outputs = new Outputs(compiler.getStandardFileManager(null, null, null))) {
      List<String> options =
          List.of("-classpath", System.getProperty("java.class.path"), "-proc:none", "-nowarn", "--release", "17");
      if (!compiler.getTask(errors, outputs, null, options, null, List.of(new Source(source))).call()) {
        throw new IllegalStateException("a mutant does not compile: " + errors);
      }
      Map<String, byte[]> classes = new HashMap<>();
      outputs.classes.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
      return classes;
    }
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String text) {
      super(URI.create("string:///org/cancelsafe/csq/IoCsq.java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  private static final class Outputs extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, ByteArrayOutputStream> classes = new HashMap<>();

    Outputs(JavaFileManager fileManager) {
      super(fileManager);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
      return new SimpleJavaFileObject(URI.create("memory:///" + className), kind) {
        @Override
        public OutputStream openOutputStream() {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          classes.put(className, bytes);
          return bytes;
        }
      };
    }
  }
}
