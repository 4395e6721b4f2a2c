package io.quotabank.ledger.escrow;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.platform.testkit.TestIdentity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of docs/examples, run as a stranger would run it, where only the realm is not the real one. */
class ChargeExampleIT {

    private static final Ledger LEDGER = Ledger.shared();
    private static final Path EXAMPLES = Path.of("..", "docs", "examples");

    @TempDir
    private Path directory;

    @Test
    void consumesRefundsHoldsSettlesAndReleases() throws Exception {
        var user = UUID.randomUUID();
        People.signUp(LEDGER, user);
        var realm = realm();
        try {
            assertThat(run(stack(user, realm.getAddress().getPort()))).isEqualTo(told());
        } finally {
            realm.stop(0);
        }
        assertThat(new People(LEDGER).posted(user)).isEqualTo(479_500_000);
        assertThat(new People(LEDGER).held(user)).isZero();
        var history = LEDGER.call("GET", "/api/credits/history", TestIdentity.user(user), "", "Accept-Language", "en");
        assertThat(history.body().findValuesAsString("description"))
                .containsExactly(
                        "Settlement of a hold · a film about rain",
                        "Settlement of a hold · a film about rain",
                        "Refund of a consumption · the script was empty",
                        "a script about rain",
                        "Sign-up credits");
    }

    /** What its page says that it prints. */
    private static String told() throws Exception {
        var page = Files.readString(EXAMPLES.resolve("README.md"));
        int from = page.indexOf("```text\n", page.indexOf("\n## Charge.java")) + "```text\n".length();
        return page.substring(from, page.indexOf("```", from));
    }

    /** Gives a token for the client's credentials, as Keycloak does. */
    private static HttpServer realm() throws Exception {
        var realm = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        realm.createContext("/realms/quotabank/protocol/openid-connect/token", exchange -> {
            var form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            boolean known = form.contains("grant_type=client_credentials")
                    && form.contains("client_id=application")
                    && form.contains("client_secret=s%261");
            var token = TestIdentity.user(UUID.randomUUID(), "service");
            var answer = "{\"access_token\":\"%s\"}".formatted(token).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(known ? 200 : 401, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        realm.start();
        return realm;
    }

    private Path stack(UUID user, int realm) throws Exception {
        return Files.writeString(directory.resolve("stack.json"), """
                {
                  "gateway" : "http://127.0.0.1:%d",
                  "services" : {"keycloak" : [ {"name" : "keycloak", "url" : "http://127.0.0.1:9"} ]},
                  "keycloak" : {
                    "admin" : {"username" : "admin", "password" : "p"},
                    "realm" : "quotabank", "url" : "http://127.0.0.1:%d"
                  },
                  "demo" : {
                    "buyer" : {"userId" : "%s", "username" : "buyer"},
                    "application" : {"subject" : "x", "clientId" : "application", "secret" : "s&1"}
                  }
                }
                """.formatted(LEDGER.port(), realm, user));
    }

    private static String run(Path stack) throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var process = new ProcessBuilder(java, EXAMPLES.resolve("Charge.java").toString(), stack.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed;
    }
}
