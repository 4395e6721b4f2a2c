package io.quotabank.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/errors.md} lists the codes that {@code /v1} answers with, no more and no less, as the code has them. */
class ErrorsPageTests {

    private static final Path ROOT = Path.of(System.getProperty("quotabank.root", ".."));
    private static final Path PROXY = ROOT.resolve("proxy-service/src/main/java/io/quotabank/proxy/relay");
    private static final Path GATEWAY = ROOT.resolve("gateway-service/src/main/java/io/quotabank/gateway");
    private static final Path FORM =
            ROOT.resolve("platform/src/main/java/io/quotabank/platform/problem/OpenAiErrors.java");

    private static final Pattern REFUSAL = Pattern.compile("new Refusal\\(\\s*(\\d{3}),\\s*\"(\\w+)\"");
    private static final Pattern UNAUTHENTICATED = Pattern.compile("unauthenticated\\(\\s*\"(\\w+)\",");
    private static final Pattern IN_STREAM = Pattern.compile("client\\.error\\(\\s*\"(\\w+)\"");
    private static final Pattern TYPE = Pattern.compile("case (\\d{3}) -> \"(\\w+)\"");

    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `(\\w+)` \\| (\\d{3}) \\| `(\\w+)` \\| [^|]{10,} \\|$");
    private static final Pattern STREAM_ROW = Pattern.compile("(?m)^\\| `(\\w+)` \\| [^|]{10,} \\|$");

    @Test
    void listsEveryCodeThatTheProxyAndTheGatewayRefuseWith() throws IOException {
        var inCode = new TreeSet<String>();
        found(PROXY, REFUSAL).forEach(refusal -> inCode.add(refusal.group(1) + " " + refusal.group(2)));
        found(GATEWAY, REFUSAL).forEach(refusal -> inCode.add(refusal.group(1) + " " + refusal.group(2)));
        found(GATEWAY, UNAUTHENTICATED).forEach(refusal -> inCode.add("401 " + refusal.group(1)));

        assertThat(inCode).hasSizeGreaterThan(15);
        assertThat(rows().map(row -> row.group(2) + " " + row.group(1)).collect(Collectors.toSet()))
                .isEqualTo(inCode);
    }

    @Test
    void givesEachItsType() throws IOException {
        var types = TYPE.matcher(Files.readString(FORM))
                .results()
                .collect(Collectors.toMap(type -> Integer.parseInt(type.group(1)), type -> type.group(2)));
        assertThat(types).containsKeys(401, 402, 403, 404);
        assertThat(rows()).allSatisfy(row -> {
            int status = Integer.parseInt(row.group(2));
            var other = status >= 500 ? "server_error" : status == 429 ? "rate_limit_error" : "invalid_request_error";
            assertThat(row.group(3)).as(row.group()).isEqualTo(types.getOrDefault(status, other));
        });
    }

    @Test
    void listsEveryCodeThatEndsAStream() throws IOException {
        var page = page("## Inside a stream");
        var listed = STREAM_ROW.matcher(page).results().map(row -> row.group(1)).collect(Collectors.toSet());
        var ofTheProxy = found(PROXY, IN_STREAM).map(error -> error.group(1)).collect(Collectors.toSet());

        assertThat(ofTheProxy).contains("upstream_error");
        // What the gateway adds when the proxy behind it is lost.
        assertThat(listed).containsAll(ofTheProxy).isSubsetOf(with(ofTheProxy, "service_unavailable", "timeout"));
    }

    private static Set<String> with(Set<String> some, String... more) {
        return Stream.concat(some.stream(), Stream.of(more)).collect(Collectors.toSet());
    }

    private static Stream<MatchResult> rows() throws IOException {
        return ROW.matcher(page("## On `/v1`")).results();
    }

    private static String page(String from) throws IOException {
        var page = Files.readString(ROOT.resolve("docs/errors.md"));
        assertThat(page).contains(from);
        var part = page.substring(page.indexOf(from) + from.length());
        int next = part.indexOf("\n## ");
        return next < 0 ? part : part.substring(0, next);
    }

    private static Stream<MatchResult> found(Path directory, Pattern pattern) throws IOException {
        try (var files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream()
                    .flatMap(file -> pattern.matcher(read(file)).results());
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
