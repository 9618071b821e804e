package org.cancelsafe.examples.cli;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A headless Chromium with one page, driven over its DevTools protocol. */
final class Browser implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "headless_shell");
  private static final Gson GSON = new Gson();

  private final Process process;
  private final WebSocket socket;
  private final Map<Integer, CompletableFuture<JsonObject>> answers = new ConcurrentHashMap<>();
  private final List<String> requested = new ArrayList<>();
  private final CompletableFuture<Void> loaded = new CompletableFuture<>();
  private int calls;

  private Browser(Process process, URI page) {
    this.process = process;
    this.socket = HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(page, new Listener()).join();
  }

  /** The browser's program, where there is one on the PATH. */
  static Optional<Path> find() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .flatMap(directory -> NAMES.stream().map(name -> Path.of(directory, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Opens a page and waits until it is there. */
  static Browser open(Path program, Path profile, URI address) throws Exception {
    Process process =
        new ProcessBuilder(
                program.toString(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--no-first-run", "--remote-debugging-port=0", "--user-data-dir=" + profile, "--window-size=1500,1000",
                "about:blank")
            .redirectErrorStream(true)
            .start();
    try {
      URI devTools = devTools(process);
      URI list = URI.create("http://" + devTools.getAuthority() + "/json/list");
      String pages =
          HttpClient.newHttpClient().send(HttpRequest.newBuilder(list).build(), BodyHandlers.ofString()).body();
      URI page =
          Stream.of(JsonParser.parseString(pages).getAsJsonArray().asList().toArray(new JsonElement[0]))
              .map(JsonElement::getAsJsonObject)
              .filter(target -> target.get("type").getAsString().equals("page"))
              .map(target -> URI.create(target.get("webSocketDebuggerUrl").getAsString()))
              .findFirst()
              .orElseThrow();
      Browser browser = new Browser(process, page);
      browser.call("Page.enable", Map.of());
      browser.call("Network.enable", Map.of());
      browser.call("Page.navigate", Map.of("url", address.toString()));
      browser.loaded.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return browser;
    } catch (Exception | Error e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private static URI devTools(Process process) throws IOException {
    Pattern listening = Pattern.compile("DevTools listening on (ws://\\S+)");
    BufferedReader lines = process.inputReader();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Matcher matcher = listening.matcher(line);
      if (matcher.find()) {
        Thread drain = new Thread(() -> drain(lines), "browser's output");
        drain.setDaemon(true);
        drain.start();
        return URI.create(matcher.group(1));
      }
    }
    throw new IOException("the browser ended before it listened");
  }

  private static void drain(BufferedReader lines) {
    try {
      lines.transferTo(Writer.nullWriter());
    } catch (IOException e) {
      // the browser is closed
    }
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder message = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
      message.append(data);
      if (last) {
        received(JsonParser.parseString(message.toString()).getAsJsonObject());
        message.setLength(0);
      }
      webSocket.request(1);
      return null;
    }
  }

  private void received(JsonObject message) {
    if (message.has("id")) {
      answers.get(message.get("id").getAsInt()).complete(message);
    } else if (message.get("method").getAsString().equals("Page.loadEventFired")) {
      loaded.complete(null);
    } else if (message.get("method").getAsString().equals("Network.requestWillBeSent")) {
      JsonObject request = message.getAsJsonObject("params").getAsJsonObject("request");
      synchronized (requested) {
        requested.add(request.get("url").getAsString());
      }
    }
  }

  private JsonObject call(String method, Map<String, ?> parameters) throws Exception {
    int id = ++calls;
    CompletableFuture<JsonObject> answer = new CompletableFuture<>();
    answers.put(id, answer);
    socket.sendText(GSON.toJson(Map.of("id", id, "method", method, "params", parameters)), true).join();
    JsonObject received = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (received.has("error")) {
      throw new IllegalStateException(method + ": " + received.get("error"));
    }
    return received.getAsJsonObject("result");
  }

  /** What this expression is on the page, as text. */
  String evaluate(String expression) throws Exception {
    JsonObject result =
        call("Runtime.evaluate", Map.of("expression", "String(" + expression + ")", "returnByValue", true));
    if (result.has("exceptionDetails")) {
      throw new IllegalStateException(expression + ": " + result.get("exceptionDetails"));
    }
    return result.getAsJsonObject("result").get("value").getAsString();
  }

  /** Presses a key, as a person does. */
  void press(String key) throws Exception {
    call("Input.dispatchKeyEvent", Map.of("type", "keyDown", "key", key));
    call("Input.dispatchKeyEvent", Map.of("type", "keyUp", "key", key));
  }

  /** Says which colours the reader prefers: {@code light} or {@code dark}. */
  void prefer(String scheme) throws Exception {
    call(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  /** Everything that the page has asked for. */
  List<String> requested() {
    synchronized (requested) {
      return List.copyOf(requested);
    }
  }

  /** Takes a picture of what is seen. */
  void screenshot(Path file) throws Exception {
    String picture = call("Page.captureScreenshot", Map.of("format", "png")).get("data").getAsString();
    Files.write(file, Base64.getDecoder().decode(picture));
  }

  @Override
  public void close() {
    socket.abort();
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    process
        .onExit()
        .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .exceptionally(tooLate -> process.destroyForcibly())
        .join();
  }
}
