package io.quotabank.systemtests;

import static io.quotabank.systemtests.Suite.PEOPLE;
import static io.quotabank.systemtests.Suite.STACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.systemtests.stack.Caller;
import io.quotabank.systemtests.stack.Http;
import io.quotabank.systemtests.stack.UsageTopic;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A price file is shown, applied from a start on, and prices what starts from then on. */
class PriceImportIT {

    private static final String MODEL = "gpt-4.1-nano";
    private static final String PRICES = STACK.gateway() + "/api/catalog/prices";
    private static final String IMPORTS = STACK.gateway() + "/api/catalog/imports";

    private JsonNode before = Http.JSON.missingNode();

    @BeforeEach
    void rememberPrices() {
        before = Http.get(PRICES, PEOPLE.token("admin")).json();
    }

    @AfterEach
    void putPricesAndKeysBack() {
        var prices = Map.of("markupBasisPoints", before.path("markupBasisPoints"), "models", before.path("models"));
        assertThat(Http.post(PRICES, PEOPLE.token("admin"), prices).status()).isEqualTo(201);
        Suite.withdrawKeys();
    }

    @Test
    void pricesEachRequestByTheVersionThatWasInForceWhenItStarted() throws Exception {
        Suite.keyFor(MODEL, 0);
        var buyer = Suite.buyer("10");
        long old = before.path("version").asLong();
        var shown = Http.post(IMPORTS + "?models=" + MODEL, PEOPLE.token("admin"), file());
        assertThat(shown.status()).as(shown.body()).isEqualTo(201);
        assertThat(shown.json().path("changed").findValuesAsString("model")).containsExactly(MODEL);
        var id = shown.json().path("id").asString();

        try (var topic = new UsageTopic(STACK)) {
            var from = Instant.now().plusSeconds(5);
            var applied =
                    Http.post(IMPORTS + "/" + id + "/apply", PEOPLE.token("admin"), Map.of("from", from.toString()));
            assertThat(applied.status()).as(applied.body()).isEqualTo(200);
            long made = applied.json().path("applied").path("version").asLong();
            assertThat(made).isGreaterThan(old);

            await().until(() -> closedAfterACall(buyer, topic).priceVersion() == made);

            assertThat(topic.closed().values())
                    .filteredOn(closed -> closed.userId().equals(buyer.userId()))
                    .hasSizeGreaterThan(1)
                    .allSatisfy(closed -> assertThat(closed.priceVersion())
                            .as("started at %d, the import at %s", closed.startedAtMs(), from)
                            .isEqualTo(closed.startedAtMs() < from.toEpochMilli() ? old : made));
        }
    }

    private static UsageEvent.Closed closedAfterACall(Suite.Buyer buyer, UsageTopic topic) {
        var call = new Caller(STACK).chat(buyer.accessKey(), MODEL, "Go on.", 5);
        assertThat(call.end()).isEqualTo(Caller.End.WHOLE);
        await().until(() -> topic.closed().containsKey(call.requestId()));
        return topic.closed().get(call.requestId());
    }

    /** Larger than other bodies may be, as the real one is. */
    private static String file() {
        return """
                {"%s": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1.7e-07,
                "output_cost_per_token": "0.00000041", "cache_read_input_token_cost": 2.5E-8}%s}
                """.formatted(MODEL, " ".repeat(2_000_000));
    }
}
