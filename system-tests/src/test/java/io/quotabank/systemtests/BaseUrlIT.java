package io.quotabank.systemtests;

import static io.quotabank.systemtests.Suite.STACK;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.quotabank.systemtests.stack.Seller;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A depositor can't point the platform at what only the platform can reach. */
class BaseUrlIT {

    private static Suite.Buyer depositor = new Suite.Buyer(new UUID(0, 0), "", "");

    @BeforeAll
    static void somebody() {
        depositor = Suite.buyer("0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254/v1",
                "https://169.254.169.254/latest/meta-data",
                "https://10.0.0.1/v1",
                "https://10.255.255.255:8443/v1",
                "https://172.16.0.1/v1",
                "https://192.168.1.1/v1",
                "https://100.64.0.1/v1",
                "https://127.0.0.2/v1",
                "https://0.0.0.0/v1",
                "https://2130706433/v1",
                "https://[::1]:9/v1",
                "http://[::1]/v1",
                "https://[::ffff:10.0.0.1]/v1",
                "https://[fe80::1]/v1",
                "https://[fd00::1]/v1",
                "https://user:password@example.com/v1",
                "file:///etc/passwd",
                "gopher://example.com/",
                "not a url"
            })
    void refusesABaseUrlThatPointsInside(String baseUrl) {
        isRefused(baseUrl);
    }

    /** The local stack allows its sandbox's port and nothing else on this machine. */
    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1", "https://127.0.0.1", "https://localhost"})
    void refusesEveryOtherPortOfThisMachine(String host) {
        var stack = STACK.read();
        var ports = new ArrayList<>(List.of(1, 80, stack.at("/postgres/port").asInt()));
        ports.add(port(stack.at("/keycloak/url").asString()));
        ports.add(port(stack.at("/sandbox/control").asString()));
        for (var service : List.of("gateway-service", "proxy-service", "usage-log", "pool-service", "ledger-service")) {
            for (var instance : STACK.instances(service)) {
                ports.add(port(instance.url()));
                ports.add(port(instance.management()));
            }
        }
        assertThat(ports).doesNotContain(-1).doesNotContain(port(STACK.sandbox()));
        ports.forEach(port -> isRefused(host + ":" + port + "/v1"));
        isRefused(host + "/v1");
    }

    @Test
    void refusesAllOfThisMachineByItsName() throws Exception {
        isRefused("https://" + InetAddress.getLocalHost().getHostName() + "/v1");
    }

    @Test
    void callsNothingThatARedirectPointsAt() throws Exception {
        var asked = new AtomicInteger();
        var inside = serving(asked, 200, null);
        var door = serving(new AtomicInteger(), 302, address(inside));
        try {
            var secret = "sk-redirect-" + UUID.randomUUID();
            var seller = new Seller(STACK, depositor.token());
            var answer = seller.post(secret, List.of(STACK.model()), address(door));
            // Refused at once, or found wanting by the calls that prove a key: either way nobody went on to the other.
            if (answer.status() == 202) {
                var end = seller.decided(String.valueOf(answer.header("Location")));
                assertThat(end.status()).isEqualTo("refused");
            } else {
                assertThat(answer.json().path("code").asString()).isEqualTo("base_url_refused");
            }
            assertThat(asked).hasValue(0);
        } finally {
            door.stop(0);
            inside.stop(0);
        }
    }

    private static void isRefused(String baseUrl) {
        var secret = "sk-inside-" + UUID.randomUUID();
        var before = Written.of(depositor.userId());
        var answer = new Seller(STACK, depositor.token()).post(secret, List.of(STACK.model()), baseUrl);
        assertThat(answer.status()).as(baseUrl + " " + answer.body()).isEqualTo(422);
        assertThat(answer.header("content-type")).startsWith("application/problem+json");
        assertThat(answer.json().path("code").asString()).isEqualTo("base_url_refused");
        assertThat(answer.body()).doesNotContain(secret);
        assertThat(Written.of(depositor.userId())).isEqualTo(before);
    }

    private static int port(String url) {
        return URI.create(url).getPort();
    }

    private static HttpServer serving(AtomicInteger asked, int status, @Nullable String location) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.incrementAndGet();
            if (location != null) {
                exchange.getResponseHeaders().set("Location", location + exchange.getRequestURI());
            }
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static String address(HttpServer server) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }
}
