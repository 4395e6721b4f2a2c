package io.quotabank.sandboxpay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What merchants' own SDKs don't ask: they are the tests of the rest, in ledger-service. */
class SandboxPaymentsIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private Path keys;

    @Test
    void keepsItsKeysOverARestart() throws Exception {
        try (var sandbox = start()) {
            assertThat(get(sandbox.controlPort(), "/control/health").statusCode())
                    .isEqualTo(200);
        }
        var first = Files.readString(keys.resolve("wechat-platform.pem"));
        try (var sandbox = start()) {
            assertThat(sandbox.port()).isPositive();
        }
        assertThat(Files.readString(keys.resolve("wechat-platform.pem"))).isEqualTo(first);
    }

    @Test
    void answersNobodyWhoDoesNotSign() throws Exception {
        try (var sandbox = start()) {
            assertThat(post(sandbox.port(), "/v1/checkout/sessions", "mode=payment")
                            .statusCode())
                    .isEqualTo(401);
            assertThat(post(sandbox.port(), "/v3/pay/transactions/native", "{}").statusCode())
                    .isEqualTo(401);
            assertThat(post(sandbox.port(), "/gateway.do", "method=alipay.trade.query")
                            .body())
                    .contains("isv.invalid-signature");
        }
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThat(SandboxPayments.run(List.of("--port", "x"))).isEqualTo(2);
        assertThat(SandboxPayments.run(List.of("--nonsense", "1"))).isEqualTo(2);
        assertThat(SandboxPayments.run(List.of("--port"))).isEqualTo(2);
        assertThat(SandboxPayments.run(List.of("--help"))).isZero();
        assertThatThrownBy(() -> Arguments.parse(List.of("--control-port", "65536")))
                .hasMessageContaining("65536");
    }

    private SandboxPayments start() throws IOException {
        return SandboxPayments.start(new Arguments("127.0.0.1", 0, 0, keys, null));
    }

    private static HttpResponse<String> get(int port, String path) throws Exception {
        return HTTP.send(request(port, path).build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(int port, String path, String body) throws Exception {
        return HTTP.send(request(port, path).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Content-Type", "application/x-www-form-urlencoded");
    }
}
