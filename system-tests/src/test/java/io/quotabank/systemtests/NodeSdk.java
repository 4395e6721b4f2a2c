package io.quotabank.systemtests;

import io.quotabank.systemtests.stack.Http;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** The official OpenAI SDK for Node, installed once under target/ as its lock file says, a process for each call. */
final class NodeSdk {

    private static final Path HERE = Path.of(System.getProperty("quotabank.root", ".."), "system-tests");
    private static final Path SOURCE = HERE.resolve("src/test/node");
    private static final Path INSTALLED = HERE.resolve("target/node").toAbsolutePath();
    private static final List<String> FILES = List.of("package.json", "package-lock.json", "client.mjs");
    private static final int LEAST_NODE = 20;
    private static final long MOST_SECONDS = 300;

    private record Ended(int code, String out, String err) {}

    static {
        install();
    }

    /**
     * Calls the gateway.
     *
     * @param options of the client, beside base address and key
     * @return items of a stream or of a list, else the answer; the error that was raised, if any; requests sent
     */
    static JsonNode call(String accessKey, String method, Map<String, ?> options, Object... arguments) {
        var asked = Map.of(
                "baseURL", Suite.STACK.gateway() + "/v1",
                "apiKey", accessKey,
                "method", method,
                "options", options,
                "arguments", List.of(arguments));
        var ended = run(List.of("node", "client.mjs", Http.JSON.writeValueAsString(asked)));
        if (ended.code() != 0) {
            throw new IllegalStateException("client.mjs ended with " + ended.code() + ": " + ended.err());
        }
        return Http.JSON.readTree(ended.out());
    }

    private static void install() {
        try {
            Files.createDirectories(INSTALLED);
            for (var file : FILES) {
                Files.write(INSTALLED.resolve(file), Files.readAllBytes(SOURCE.resolve(file)));
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        var version = run(List.of("node", "--version")).out().strip();
        if (Integer.parseInt(version.replaceAll("^v(\\d+).*", "$1")) < LEAST_NODE) {
            throw new IllegalStateException("These tests need Node " + LEAST_NODE + " or newer; here is " + version);
        }
        var npm = run(List.of("npm", "ci", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"));
        if (npm.code() != 0) {
            throw new IllegalStateException("npm ci could not install the SDK: " + npm.err());
        }
    }

    private static Ended run(List<String> words) {
        try {
            var out = Files.createTempFile(INSTALLED, "out", ".txt");
            var err = Files.createTempFile(INSTALLED, "err", ".txt");
            var process = new ProcessBuilder(words)
                    .directory(INSTALLED.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(words.getFirst() + " did not end in " + MOST_SECONDS + " s");
            }
            var ended = new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
            Files.delete(out);
            Files.delete(err);
            return ended;
        } catch (IOException missing) {
            throw new IllegalStateException(
                    words.getFirst() + " can't be run. The system tests need Node " + LEAST_NODE
                            + " or newer with npm: see nodejs.org, or Debian's packages nodejs and npm.",
                    missing);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    private NodeSdk() {}
}
