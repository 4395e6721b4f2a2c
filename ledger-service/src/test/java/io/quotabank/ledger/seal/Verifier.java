package io.quotabank.ledger.seal;

import io.quotabank.ledger.Ledger;
import io.quotabank.platform.testkit.TestIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** The program that strangers run, in a process of its own. */
final class Verifier {

    static final Path SOURCE = Path.of("..", "docs", "examples", "seal", "Verify.java");

    record Ran(int code, String words) {}

    private final Path classes;

    /** @param classes where its classes go */
    Verifier(Path classes) {
        this.classes = classes;
        int failed =
                ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", classes.toString(), SOURCE.toString());
        if (failed != 0) {
            throw new IllegalStateException("it does not compile");
        }
    }

    void fetch(Ledger ledger, Path export) throws IOException, InterruptedException {
        var admin = TestIdentity.user(UUID.randomUUID(), "admin");
        var ran = run("fetch", "http://127.0.0.1:" + ledger.port(), admin, export.toString());
        if (ran.code() != 0) {
            throw new IllegalStateException(ran.words());
        }
    }

    Ran run(String... arguments) throws IOException, InterruptedException {
        return java(Stream.concat(Stream.of("-cp", classes.toString(), "Verify"), Stream.of(arguments)));
    }

    static Ran java(Stream<String> arguments) throws IOException, InterruptedException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command = Stream.concat(Stream.of(java, "-XX:TieredStopAtLevel=1"), arguments);
        var process =
                new ProcessBuilder(command.toList()).redirectErrorStream(true).start();
        var words = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(process.waitFor(), words);
    }
}
