package io.quotabank.systemtests;

import static io.quotabank.systemtests.Suite.LEDGER;
import static io.quotabank.systemtests.Suite.STACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.openai.errors.OpenAIServiceException;
import io.quotabank.systemtests.stack.Caller;
import io.quotabank.systemtests.stack.Caller.End;
import io.quotabank.systemtests.stack.Caller.Result;
import io.quotabank.systemtests.stack.Http;
import java.math.BigDecimal;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** An access key spends its cap to the last request and nothing more, whichever proxies serve it. */
class CapIT {

    private static final String MODEL = "gpt-4o";
    private static final int PAID = 20;
    private static final int ASKED = 160;
    private static final int TOKENS = 200;
    private static final int QUICK_TOKENS_PER_SECOND = 100;
    private static final int TOKENS_PER_SECOND = 30;
    private static final String TEXT = "The same words in each request.";
    private static final Pattern REFUSED =
            Pattern.compile("quotabank_relay_refused_total\\{.*code=\"access_key_cap_reached\".*} ([0-9.]+)");

    private record Capped(UUID id, String secret) {}

    @AfterEach
    void booksAreRightAtTheEnd() {
        Suite.withdrawKeys();
        Proof.booksAreRight();
    }

    @Test
    void aCapForTwentyRequestsPaysForTwentyOverTwoProxies() throws Exception {
        assertThat(STACK.instances("proxy-service")).hasSizeGreaterThanOrEqualTo(2);
        var apiKey = Suite.keyFor(MODEL, QUICK_TOKENS_PER_SECOND);
        var price = priceOfOne();
        var since = System.currentTimeMillis();
        var buyer = Suite.buyer("0");
        var key = capped(buyer, price.multiply(BigDecimal.valueOf(PAID)));

        var caller = new Caller(STACK);
        var results = new ArrayList<Result>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = new ArrayList<Future<Result>>();
            for (int i = 0; i < ASKED; i++) {
                calls.add(threads.submit(() -> askUntilRefusedFor(caller, key.secret())));
                if (holders(key) < 2) {
                    // All at once, the first proxy might ask for all of the cap before the second asks for any.
                    // Whatever the provider answers has its credits already.
                    await().until(() -> Suite.SANDBOX.served(apiKey, since).size() >= calls.size());
                }
            }
            for (var call : calls) {
                results.add(call.get());
            }
        }

        assertThat(results).filteredOn(result -> result.end() == End.WHOLE).hasSize(PAID);
        assertThat(results)
                .filteredOn(result -> result.end() != End.WHOLE)
                .allSatisfy(result -> assertThat(result.status()).isEqualTo(402));
        assertThat(Proof.served(apiKey, since)).hasSize(PAID);
        assertThat(holders(key)).isEqualTo(2);
        var settled = Proof.settledOf(buyer.userId(), Duration.ofSeconds(20));
        assertThat(settled).hasSize(PAID);
        var most = price.multiply(BigDecimal.valueOf(PAID));
        assertThat(charged(settled.values())).isEqualByComparingTo(most);
        var spent = shown(buyer, key).path("spent");
        assertThat(spent.path("total").decimalValue()).isEqualByComparingTo(most);
        assertThat(spent.path("held").decimalValue()).isZero();

        assertThat(caller.chat(buyer.accessKey(), MODEL, TEXT, TOKENS).end()).isEqualTo(End.WHOLE);
        theSdkAsksOnce(key);
        limit(buyer, key, most.add(price));
        await().atMost(Duration.ofSeconds(5))
                .until(() -> caller.chat(key.secret(), MODEL, TEXT, TOKENS).end() == End.WHOLE);
    }

    @Test
    void proxiesThatAreKilledWithLeasesOfACapGiveItBackAndNeverPassIt() throws Exception {
        var apiKey = Suite.keyFor(MODEL, TOKENS_PER_SECOND);
        var since = System.currentTimeMillis();
        var buyer = Suite.buyer("0");
        var most = new BigDecimal("5");
        var key = capped(buyer, most);
        var caller = new Caller(STACK);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var streams = new ArrayList<Future<Result>>();
            for (int i = 0; i < 40; i++) {
                streams.add(threads.submit(() -> caller.stream(key.secret(), MODEL, TEXT, 90, -1)));
            }
            await().until(() -> Suite.SANDBOX.served(apiKey, since).stream()
                    .anyMatch(served -> served.completionTokens() > TOKENS_PER_SECOND));
            // Lowered while leases are out, and then their holders die.
            limit(buyer, key, new BigDecimal("4"));
            var kills = STACK.instances("proxy-service").stream()
                    .<Callable<String>>map(victim -> () -> Cli.run("kill", victim.name()))
                    .toList();
            for (var killed : threads.invokeAll(kills)) {
                killed.get();
            }
            for (var ended : streams) {
                ended.get();
            }
        }
        // What was refused meanwhile may be asked again, until the cap is spent.
        await().atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    var result = caller.chat(key.secret(), MODEL, TEXT, TOKENS);
                    return result.end() == End.REFUSED
                            && result.status() == 402
                            && LEDGER.rows("SELECT 1 FROM cap_window WHERE cap = ? AND held > 0", key.id())
                                    .isEmpty();
                });
        var settled = Proof.settledOf(buyer.userId(), Duration.ofMinutes(1));
        assertThat(settled).isNotEmpty();
        assertThat(charged(settled.values())).isBetween(new BigDecimal("3"), most);
        assertThat(shown(buyer, key).path("spent").path("total").decimalValue())
                .isEqualByComparingTo(charged(settled.values()));
    }

    /** With its usual retries: the answer says that asking again is in vain. */
    private static void theSdkAsksOnce(Capped key) {
        double before = refused();
        var thrown = catchThrowableOfType(
                OpenAIServiceException.class,
                () -> Suite.client(key.secret(), 3).chat().completions().create(Suite.chat(MODEL, TEXT, TOKENS)));
        assertThat(thrown.statusCode()).isEqualTo(402);
        assertThat(thrown.code()).contains("access_key_cap_reached");
        assertThat(refused() - before).isEqualTo(1);
    }

    private static double refused() {
        return STACK.instances("proxy-service").stream()
                .map(proxy -> Http.get(proxy.management() + "/actuator/prometheus", null)
                        .body())
                .flatMap(body -> REFUSED.matcher(body).results())
                .mapToDouble(line -> Double.parseDouble(line.group(1)))
                .sum();
    }

    private static Result askUntilRefusedFor(Caller caller, String key) throws InterruptedException {
        var end = System.nanoTime() + Duration.ofSeconds(12).toNanos();
        Result result;
        do {
            result = caller.stream(key, MODEL, TEXT, TOKENS, -1);
            if (result.end() == End.REFUSED && (result.status() == 402 || result.status() == 503)) {
                Thread.sleep(300);
            }
        } while (result.end() != End.WHOLE && System.nanoTime() < end);
        return result;
    }

    /** How many proxies have had a lease of the cap. */
    private static int holders(Capped key) {
        return LEDGER.rows("SELECT DISTINCT instance FROM hold WHERE cap = ?", key.id())
                .size();
    }

    private static Capped capped(Suite.Buyer buyer, BigDecimal total) {
        var answer = Http.post(
                STACK.gateway() + "/api/access-keys",
                buyer.token(),
                Map.of("name", "capped", "cap", Map.of("total", total)));
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        var body = answer.json();
        return new Capped(
                UUID.fromString(body.path("id").asString()), body.path("secret").asString());
    }

    private static void limit(Suite.Buyer buyer, Capped key, BigDecimal total) {
        var body = Http.JSON.writeValueAsString(Map.of("cap", Map.of("total", total)));
        var request = Http.request(STACK.gateway() + "/api/access-keys/" + key.id(), buyer.token())
                .header("Content-Type", "application/json")
                .method("PATCH", HttpRequest.BodyPublishers.ofString(body))
                .build();
        assertThat(Http.send(request, body).status()).isEqualTo(200);
    }

    private static JsonNode shown(Suite.Buyer buyer, Capped key) {
        return Http.get(STACK.gateway() + "/api/access-keys/" + key.id(), buyer.token())
                .json();
    }

    private static BigDecimal charged(Iterable<Proof.Settled> settled) {
        long micro = 0;
        for (var row : settled) {
            micro += row.charge();
        }
        return BigDecimal.valueOf(micro, 6);
    }

    private static BigDecimal priceOfOne() {
        var chat = Suite.chat(MODEL, TEXT, TOKENS);
        try (var answer =
                Suite.buyer("0").sdk().chat().completions().withRawResponse().create(chat)) {
            return new BigDecimal(answer.headers().values("x-quotabank-charge").getFirst());
        }
    }
}
