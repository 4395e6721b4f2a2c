package io.quotabank.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.platform.identity.IdentityProperties;
import io.quotabank.platform.identity.InternalTokens;
import io.quotabank.platform.testkit.TestKafka;
import io.quotabank.platform.testkit.TestPostgres;
import io.quotabank.platform.testkit.TestPostgres.Database;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.json.JsonMapper;

/** docs/ledger-alone.md as a stranger follows it: its keys, its settings and nothing besides them, its calls. */
class LedgerAloneIT {

    private static final Path ROOT = Path.of("..");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private static Path directory;

    private static ConfigurableApplicationContext ledger;

    @BeforeAll
    static void start() throws Exception {
        pasted(part("Keys", "sh"));
        var settings = directory.resolve("ledger.properties");
        Files.writeString(settings, settings(TestPostgres.fresh("ledger")));
        ledger = new SpringApplicationBuilder(LedgerService.class)
                .run("--spring.config.additional-location=file:" + settings);
    }

    @AfterAll
    static void stop() {
        ledger.close();
    }

    @Test
    void itsLinesRechargeConsumeTellTheBalanceAndPriceAnAction() throws Exception {
        var printed = pasted(part("Calls", "sh")).lines().toList();

        assertThat(printed).hasSize(3);
        assertThat(withoutId(printed))
                .isEqualTo(withoutId(part("Calls", "text").lines().toList()));

        var lines = part("Calls", "sh").lines().limit(2).toList();
        var priced = pasted(String.join("\n", lines) + "\n" + part("Tokens", "sh"));
        assertThat(JsonMapper.shared().readTree(priced).path("amount").decimalValue())
                .isEqualByComparingTo("2.5");
    }

    @Test
    void isReadyAndItsBooksAreProven() throws Exception {
        var health = call("GET", "/actuator/health", "");
        assertThat(health.statusCode()).as(health.body()).isEqualTo(200);
        assertThat(call("GET", "/actuator/health/readiness", "").statusCode()).isEqualTo(200);

        var run = call(
                "POST",
                "/api/ledger/reconciliation",
                tokens("shop", Clock.systemUTC()).forThisService());
        assertThat(run.statusCode()).isEqualTo(200);
        var proven = JsonMapper.shared().readTree(run.body());
        assertThat(proven.path("agrees").asBoolean()).as(run.body()).isTrue();
    }

    @Test
    void aTokenThatIsOverOrSignedWithAnotherKeyIsRefused() throws Exception {
        var now = Clock.systemUTC();
        var balance = "/api/credits/balance/33333333-3333-4333-8333-333333333333";

        assertThat(call("GET", balance, tokens("shop", now).forThisService()).statusCode())
                .isEqualTo(404);
        var past = Clock.offset(now, Duration.ofSeconds(-61));
        assertThat(call("GET", balance, tokens("shop", past).forThisService()).statusCode())
                .isEqualTo(401);

        pasted("java docs/examples/Tokens.java keys " + directory.resolve("others") + " shop bakery");
        for (var stranger : List.of("shop", "bakery")) {
            var token = pasted("java docs/examples/Tokens.java token "
                    + directory.resolve("others").resolve(stranger + ".private.jwk"));
            assertThat(call("GET", balance, token.strip()).statusCode())
                    .as(stranger)
                    .isEqualTo(401);
        }
    }

    @Test
    void anApplicationsKeySpeaksForNobodyElse() throws Exception {
        var person = "44444444-4444-4444-8444-444444444444";
        var forged = pasted("java docs/examples/Tokens.java token " + key("shop") + " " + person + " admin");
        assertThat(call("GET", "/api/credits/balance", forged.strip()).statusCode())
                .isEqualTo(401);

        var theirs = pasted("java docs/examples/Tokens.java token " + key("gateway-service") + " " + person + " user");
        var balance = call("GET", "/api/credits/balance", theirs.strip());
        assertThat(balance.statusCode()).as(balance.body()).isEqualTo(200);
    }

    private static String settings(Database database) throws IOException {
        var text = part("Settings", "properties");
        var replaced = Map.of(
                "server.port=8010", "server.port=0",
                "jdbc:postgresql://127.0.0.1:5432/ledger", database.url(),
                "ledger_service", database.service().name(),
                "service-secret", database.service().password(),
                "ledger_owner", database.owner().name(),
                "owner-secret", database.owner().password(),
                "ledger_reader", database.reader().name(),
                "127.0.0.1:9092", TestKafka.bootstrapServers(),
                "=keys/", "=" + directory.resolve("keys") + "/");
        for (var value : replaced.entrySet()) {
            assertThat(text).contains(value.getKey());
            text = text.replace(value.getKey(), value.getValue());
        }
        return text;
    }

    /** The first block of a language below a headline of the page. */
    private static String part(String headline, String language) throws IOException {
        var page = Files.readString(ROOT.resolve("docs/ledger-alone.md"));
        var block = Pattern.compile("```" + language + "\\n(.*?)```", Pattern.DOTALL)
                .matcher(page.substring(page.indexOf("\n## " + headline + "\n")));
        assertThat(block.find()).as(headline).isTrue();
        return block.group(1);
    }

    /** What lines print where the sources are, with this test's directory for keys and its ledger's port. */
    private static String pasted(String lines) throws IOException, InterruptedException {
        var here = lines.replace("Tokens.java keys keys ", "Tokens.java keys " + directory.resolve("keys") + " ")
                .replace(" keys/", " " + directory.resolve("keys") + "/")
                .replace("127.0.0.1:8010", "127.0.0.1:" + (ledger == null ? 0 : port()));
        var shell = new ProcessBuilder("sh", "-ec", here)
                .directory(new File(ROOT.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        // The JDK that runs the tests is on a newcomer's path.
        var java = Path.of(System.getProperty("java.home"), "bin").toString();
        shell.environment().merge("PATH", java, (path, first) -> first + File.pathSeparator + path);
        var process = shell.start();
        var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed;
    }

    private static List<String> withoutId(List<String> lines) {
        return lines.stream()
                .map(line -> line.replaceFirst("\"id\":\"[^\"]*\"", "\"id\":\"...\""))
                .toList();
    }

    /** Signs with the key that the page's lines made, as our own services do. */
    private static InternalTokens tokens(String name, Clock clock) {
        var trusted = directory.resolve("keys/trusted.jwks");
        return new InternalTokens(new IdentityProperties(name, key(name), trusted, Duration.ofSeconds(60), 10), clock);
    }

    private static Path key(String name) {
        return directory.resolve("keys").resolve(name + ".private.jwk");
    }

    private static HttpResponse<String> call(String method, String path, String token)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .method(method, BodyPublishers.noBody())
                .header("Authorization", "Bearer " + token)
                .build();
        return HTTP.send(request, BodyHandlers.ofString());
    }

    private static int port() {
        return Integer.parseInt(ledger.getEnvironment().getRequiredProperty("local.server.port"));
    }
}
