package io.quotabank.systemtests;

import static io.quotabank.systemtests.Suite.SANDBOX;
import static io.quotabank.systemtests.Suite.STACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.systemtests.stack.Books;
import io.quotabank.systemtests.stack.Caller;
import io.quotabank.systemtests.stack.Http;
import io.quotabank.systemtests.stack.Seller;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What goes wrong with a key is found, acted on by every proxy, and explained to its owner. */
class RiskIT {

    private static final String MODEL = "gpt-4.1";
    private static final Pattern FLAGGED = Pattern.compile("(?m)^quotabank_keys_flagged(?:\\{[^}]*})? (\\S+)$");

    private final Caller caller = new Caller(STACK);

    @AfterEach
    void takeTheKeysBack() {
        SANDBOX.noFaults();
        Suite.withdrawKeys();
    }

    @Test
    void aKeyThatFailsOnAndOnIsCooledThenFlaggedOnEveryProxyAndItsOwnerSeesWhy() throws Exception {
        var owner = Suite.buyer("0");
        var apiKey = Suite.keyOf(owner, MODEL, 0);
        var keyId = keyOf(owner);
        var buyers = List.of(Suite.buyer("0"), Suite.buyer("0"), Suite.buyer("0"));
        var flaggedBefore = flagged();
        assertThat(flaggedBefore).hasSizeGreaterThan(1);
        SANDBOX.fault(Map.of("apiKey", apiKey), 1_000_000, Map.of("kind", "status", "status", 500));

        var states = new ArrayList<String>();
        await().atMost(Duration.ofMinutes(4))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    buyers.forEach(buyer -> caller.chat(buyer.accessKey(), MODEL, "Hello.", 5));
                    states.add(state(owner, keyId));
                    return states.getLast().equals("flagged");
                });

        assertThat(states).contains("active", "cooling");
        await().until(() -> findings(owner, keyId).stream()
                .anyMatch(found -> found.path("kind").asString().equals("flagged")));
        var kinds = findings(owner, keyId).stream()
                .map(found -> found.path("kind").asString())
                .toList();
        assertThat(kinds).startsWith("flagged").contains("failing").endsWith("failing");
        assertThat(findings(owner, keyId).getFirst().path("sentence").asString())
                .contains("10 calls")
                .contains("resumes it");
        assertThat(findings(buyers.getFirst(), keyId)).isEmpty();
        await().until(() -> flagged().equals(oneMore(flaggedBefore)));

        SANDBOX.noFaults();
        // All at once: none can tell another what it knows of the key.
        var restarts = STACK.instances("proxy-service").stream()
                .<Callable<String>>map(proxy -> () -> Cli.run("restart", proxy.name()))
                .toList();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var restarted : threads.invokeAll(restarts)) {
                restarted.get();
            }
        }
        await().atMost(Duration.ofSeconds(90)).until(() -> Cli.end("status").code() == 0);
        assertThat(flagged())
                .hasSameSizeAs(flaggedBefore)
                .allSatisfy(count -> assertThat(count).isGreaterThanOrEqualTo(1));
        for (var buyer : buyers) {
            assertThat(caller.chat(buyer.accessKey(), MODEL, "Hello.", 5).status())
                    .isEqualTo(503);
        }
        assertThat(SANDBOX.served(apiKey, 0)).noneMatch(served -> served.completionTokens() > 1);

        assertThat(new Seller(STACK, owner.token()).change(keyId, "resume").status())
                .isEqualTo(200);
        await().until(() -> state(owner, keyId).equals("active"));
        await().until(() ->
                caller.chat(buyers.getFirst().accessKey(), MODEL, "Hello.", 5).end() == Caller.End.WHOLE);
    }

    @Test
    void useOutsideThePlatformIsFoundWithTheNumbersAndTheKeyIsLeftToItsOwner() throws Exception {
        var owner = Suite.buyer("0");
        var apiKey = Suite.keyOf(owner, MODEL, 20.0);
        var keyId = keyOf(owner);
        var buyer = Suite.buyer("0");
        var risk = new Books(STACK, "risk");
        await().until(() ->
                risk.number("SELECT count(*) FROM balance_watch WHERE key_id = ? AND anchor_at IS NOT NULL", keyId)
                        == 1);
        for (int i = 0; i < 5; i++) {
            assertThat(caller.chat(buyer.accessKey(), MODEL, "Go on.", 200).end())
                    .isEqualTo(Caller.End.WHOLE);
        }
        assertThat(findings(owner, keyId)).isEmpty();

        SANDBOX.spend(apiKey, 5);

        await().until(() -> !findings(owner, keyId).isEmpty());
        var found = findings(owner, keyId).getFirst();
        assertThat(found.path("kind").asString()).isEqualTo("dilution");
        assertThat(found.path("evidence").path("balanceFellUsd").decimalValue())
                .isBetween(new BigDecimal("4.99"), new BigDecimal("5.03"));
        assertThat(found.path("evidence").path("outsideUsd").decimalValue())
                .isBetween(new BigDecimal("4.95"), new BigDecimal("5.03"));
        assertThat(found.path("sentence").asString()).contains("outside the platform", "15 %");
        await().until(() -> state(owner, keyId).equals("flagged"));
    }

    private static UUID keyOf(Suite.Buyer owner) {
        var keys = Http.get(STACK.gateway() + "/api/pool/keys", owner.token()).json();
        return UUID.fromString(keys.path("keys").path(0).path("id").asString());
    }

    private static String state(Suite.Buyer owner, UUID keyId) {
        return Http.get(STACK.gateway() + "/api/pool/keys/" + keyId, owner.token())
                .json()
                .path("state")
                .asString();
    }

    /** As a person is told of a key, the newest first. */
    private static List<JsonNode> findings(Suite.Buyer person, UUID keyId) {
        var answer = Http.get(STACK.gateway() + "/api/risk/findings?limit=100&keyId=" + keyId, person.token());
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return StreamSupport.stream(answer.json().path("findings").spliterator(), false)
                .toList();
    }

    /** How many keys each proxy knows as left to a person. */
    private static List<Integer> flagged() {
        return STACK.instances("proxy-service").stream()
                .map(proxy -> {
                    var metrics = Http.get(proxy.management() + "/actuator/prometheus", null)
                            .body();
                    var matcher = FLAGGED.matcher(metrics);
                    assertThat(matcher.find()).as(metrics).isTrue();
                    return (int) Double.parseDouble(matcher.group(1));
                })
                .toList();
    }

    private static List<Integer> oneMore(List<Integer> counts) {
        return counts.stream().map(count -> count + 1).toList();
    }
}
