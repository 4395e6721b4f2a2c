package io.quotabank.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quotabank.proxy.upstream.ScriptedProvider.Call;
import io.quotabank.proxy.upstream.UpstreamException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamClientTests {

    private static final Duration LONG = Duration.ofSeconds(10);

    private final ScriptedProvider provider = new ScriptedProvider();
    private final UpstreamClient open = TestUpstream.allowing(Duration.ofMillis(400), "127.0.0.0/8");
    private final UpstreamClient guarded = TestUpstream.allowing(Duration.ofMillis(400));

    @AfterEach
    void stop() throws Exception {
        open.close();
        guarded.close();
        provider.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:9/v1",
                "http://localhost:9/v1",
                "http://127.1:9",
                "http://2130706433:9",
                "http://0.0.0.0:9",
                "http://10.0.0.1:9",
                "http://172.16.5.5:9",
                "http://192.168.1.1:9",
                "http://169.254.169.254:9",
                "http://100.64.0.1:9",
                "http://224.0.0.1:9",
                "http://[::1]:9",
                "http://[::ffff:127.0.0.1]:9",
                "http://[::ffff:10.0.0.1]:9",
                "http://[fe80::1]:9",
                "http://[fd00::1]:9",
                "http://[::]:9",
                "http://198.18.0.1:9",
                "http://192.0.2.1:9",
                "http://240.0.0.1:9",
                "http://255.255.255.255:9"
            })
    void callsNoAddressThatIsNotPublic(String baseUrl) {
        assertThat(failure(guarded, baseUrl, LONG)).isEqualTo(Kind.ADDRESS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "provider",
                "ftp://provider.example",
                "file:///etc/passwd",
                "http://user:pw@provider.example",
                "http://provider.example/v1?x=",
                "http:// x",
                "https:///v1"
            })
    void callsNothingThatIsNoWebAddress(String baseUrl) {
        assertThat(failure(open, baseUrl, LONG)).isEqualTo(Kind.ADDRESS);
    }

    @Test
    void callsWhatIsAllowedByASetting() throws Exception {
        provider.script(call -> call.json(200, "{}"));

        try (var response = open.send(post(provider.baseUrl(), false, LONG))) {
            assertThat(response.status()).isEqualTo(200);
            assertThat(new String(response.body(100), StandardCharsets.UTF_8)).isEqualTo("{}");
        }
        assertThat(failure(guarded, provider.baseUrl(), LONG)).isEqualTo(Kind.ADDRESS);
    }

    @Test
    void callsNoOtherPortThanTheOneThatASettingNames() throws Exception {
        try (var other = new ScriptedProvider();
                var onePort = TestUpstream.allowing(Duration.ofMillis(400), "127.0.0.1/32:" + port(provider))) {
            provider.script(call -> call.json(200, "{}"));
            other.script(call -> call.json(200, "{}"));

            try (var response = onePort.send(post(provider.baseUrl(), false, LONG))) {
                assertThat(response.status()).isEqualTo(200);
            }
            assertThat(failure(onePort, other.baseUrl(), LONG)).isEqualTo(Kind.ADDRESS);
            assertThat(failure(onePort, "http://localhost:" + port(other), LONG))
                    .isEqualTo(Kind.ADDRESS);
            assertThat(failure(onePort, "http://127.0.0.1", LONG)).isEqualTo(Kind.ADDRESS);
            assertThat(other.calls()).isEmpty();
        }
    }

    private static int port(ScriptedProvider provider) {
        return URI.create(provider.baseUrl()).getPort();
    }

    @Test
    void followsNoRedirect() throws Exception {
        provider.script(call -> call.json(307, "{}", "location: http://10.0.0.1/"));

        try (var response = open.send(post(provider.baseUrl(), false, LONG))) {
            assertThat(response.status()).isEqualTo(307);
        }
        assertThat(provider.calls()).hasSize(1);
    }

    @Test
    void tellsARefusedConnection() throws Exception {
        int port;
        try (var closing = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closing.getLocalPort();
        }

        assertThat(failure(open, "http://127.0.0.1:" + port, LONG)).isEqualTo(Kind.CONNECT);
        assertThat(failure(open, "http://no-such-host.invalid", LONG)).isEqualTo(Kind.CONNECT);
    }

    @Test
    void tellsAConnectionThatBreaksBeforeTheAnswer() {
        provider.script(Call::cut);

        assertThat(failure(open, provider.baseUrl(), LONG)).isEqualTo(Kind.BROKEN);
    }

    @Test
    void boundsTheSilenceBeforeAStream() {
        provider.script(Call::callerGone);

        var failure =
                catchThrowableOfType(UpstreamException.class, () -> open.send(post(provider.baseUrl(), true, LONG)));
        assertThat(failure.kind()).isEqualTo(Kind.SILENT);
    }

    @Test
    void boundsTheSilenceBeforeAnAnswerThatIsNotStreamed() throws Exception {
        provider.script(Call::callerGone);

        try (var hasty = TestUpstream.allowing(LONG, Duration.ofMillis(400), "127.0.0.0/8")) {
            assertThat(failure(hasty, provider.baseUrl(), LONG)).isEqualTo(Kind.SILENT);
        }
    }

    @Test
    void takesAHeadThatDripsForSilence() {
        provider.script(call -> {
            call.raw("HTTP/1.1 200 X\r\nx-slow: ");
            while (true) {
                // Each byte comes well within the time that silence may last.
                call.raw("y");
                LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            }
        });
        var dripping =
                catchThrowableOfType(UpstreamException.class, () -> open.send(post(provider.baseUrl(), true, LONG)));
        assertThat(dripping.kind()).isEqualTo(Kind.SILENT);
        assertThat(dripping.wasSent()).isTrue();
    }

    @Test
    void stopsACallThatIsUnderWayAndSaysWhetherItHadBeenSent() throws Exception {
        var stop = new UpstreamRequest.Stop();
        provider.script(call -> {
            stop.now();
            call.callerGone();
        });

        var under = catchThrowableOfType(
                UpstreamException.class, () -> open.send(post(provider.baseUrl(), false, LONG), stop));
        assertThat(under.kind()).isEqualTo(Kind.STOPPED);
        assertThat(under.wasSent()).isTrue();
        var after = catchThrowableOfType(
                UpstreamException.class, () -> open.send(post(provider.baseUrl(), false, LONG), stop));
        assertThat(after.kind()).isEqualTo(Kind.STOPPED);
        assertThat(after.wasSent()).isFalse();
    }

    @Test
    void boundsTheWholeCall() {
        provider.script(Call::callerGone);

        assertThat(failure(open, provider.baseUrl(), Duration.ofMillis(300))).isEqualTo(Kind.DEADLINE);
    }

    @Test
    void stopsAnAnswerThatDripsPastItsTime() throws Exception {
        provider.script(call -> {
            call.stream();
            call.chunk("x");
            call.callerGone();
        });

        try (var response = open.send(post(provider.baseUrl(), false, Duration.ofMillis(500)))) {
            assertThatThrownBy(() -> response.body(100)).isInstanceOf(IOException.class);
            assertThat(response.isOverdue()).isTrue();
        }
    }

    @Test
    void boundsABodyThatIsReadWhole() throws Exception {
        provider.script(call -> call.json(200, "1234567890"));

        try (var response = open.send(post(provider.baseUrl(), false, LONG))) {
            assertThat(response.body(10)).hasSize(10);
        }
        try (var response = open.send(post(provider.baseUrl(), false, LONG))) {
            assertThatThrownBy(() -> response.body(9)).isInstanceOf(UpstreamResponse.BodyTooLargeException.class);
        }
    }

    @Test
    void hangsUpOnAnAnswerThatIsNotReadToItsEnd() throws Exception {
        var noticed = new CompletableFuture<Boolean>();
        provider.script(call -> {
            call.stream();
            call.chunk("x");
            noticed.complete(call.callerGone());
        });

        try (var response = open.send(post(provider.baseUrl(), true, LONG))) {
            assertThat(response.stream().read()).isEqualTo('x');
        }
        assertThat(noticed.get(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void saysNothingOfKeyAndBodyWhenItIsPrinted() {
        var printed = post("http://provider.example", false, LONG).toString();

        assertThat(printed).doesNotContain("sk-secret").doesNotContain("prompt");
    }

    private static Kind failure(UpstreamClient client, String baseUrl, Duration limit) {
        return catchThrowableOfType(UpstreamException.class, () -> client.send(post(baseUrl, false, limit)))
                .kind();
    }

    private static UpstreamRequest post(String baseUrl, boolean stream, Duration limit) {
        var body = "{\"prompt\":1}".getBytes(StandardCharsets.UTF_8);
        return UpstreamRequest.post(baseUrl, "/chat/completions", "sk-secret", body, Map.of(), stream, limit);
    }
}
