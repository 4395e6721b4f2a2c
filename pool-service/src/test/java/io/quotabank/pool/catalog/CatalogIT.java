package io.quotabank.pool.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.catalog.CatalogRecord;
import io.quotabank.contracts.catalog.CatalogRecord.Mode;
import io.quotabank.contracts.money.Credits;
import io.quotabank.pool.Person;
import io.quotabank.pool.PoolTest;
import io.quotabank.pool.Records;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@PoolTest
class CatalogIT {

    @LocalServerPort
    private int port;

    @Autowired
    private Catalog catalog;

    @Autowired
    private CatalogStore store;

    @Autowired
    private CatalogProperties properties;

    @Autowired
    private ApplicationEventPublisher events;

    @Autowired
    private TransactionTemplate transactions;

    @Autowired
    private JsonMapper json;

    @Autowired
    private Clock clock;

    @Test
    void shipsItsModelsAsVersionOneAndTellsRouters() {
        var shipped = catalog.at(Instant.EPOCH);

        assertThat(shipped.version()).isEqualTo(1);
        assertThat(shipped.models()).hasSize(15);
        assertThat(shipped.markupBasisPoints()).isEqualTo(Map.of("bronze", 13_000, "silver", 12_000, "gold", 11_500));
        var told =
                await().until(() -> Records.of(CatalogRecord.TOPIC, "1", CatalogRecord.class), list -> !list.isEmpty());
        assertThat(told.getFirst()).isEqualTo(shipped);
        assertThat(told.getFirst().models())
                .filteredOn(model -> model.name().equals("gpt-4o-mini"))
                .first()
                .satisfies(model -> assertThat(model.price().input()).isEqualTo(new BigDecimal("0.15")));
    }

    @Test
    void loadsTheSameFileOnceAndAChangedOneAsTheNextVersion() throws Exception {
        long before = newest();
        catalog.load();
        assertThat(newest()).isEqualTo(before);

        var changed = new String(properties.file().getContentAsByteArray(), StandardCharsets.UTF_8)
                .replace("\"input\": 0.15", "\"input\": 0.16");
        var file = new CatalogProperties(
                new ByteArrayResource(changed.getBytes(StandardCharsets.UTF_8)), Map.of(), BigDecimal.TEN, 2_000);
        var other = new Catalog(store, new CatalogFile(file, json), file, events, clock);
        transactions.executeWithoutResult(status -> other.load());

        assertThat(newest()).isGreaterThan(before);
        // Back to what the other tests expect; a file that was loaded before is a change again.
        transactions.executeWithoutResult(status -> catalog.load());
        assertThat(input(catalog.current())).isEqualByComparingTo("0.15");
    }

    @Test
    void putsAnAdministratorsTableIntoForceWhenItsTimeHasCome() {
        var admin = new Person(port, "admin");
        var from = Instant.now().plus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.MILLIS);
        var table = json.valueToTree(catalog.current());
        ((ObjectNode) table).put("validFromMs", from.toEpochMilli()).remove("version");

        var made = admin.post("/api/catalog/prices", table.toString());

        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        long version = made.body().path("version").asLong();
        assertThat(admin.get("/api/catalog/prices").body().path("version").asLong())
                .isLessThan(version);
        assertThat(admin.get("/api/catalog/prices?at=" + from)
                        .body()
                        .path("version")
                        .asLong())
                .isEqualTo(version);
        assertThat(admin.get("/api/catalog/prices?at=" + from.minusMillis(1))
                        .body()
                        .path("version")
                        .asLong())
                .isLessThan(version);
        await().until(() -> !Records.of(CatalogRecord.TOPIC, Long.toString(version), CatalogRecord.class)
                .isEmpty());
    }

    @Test
    void refusesATableThatWouldSellBelowCost() {
        var admin = new Person(port, "admin");
        var body = json.createObjectNode();
        body.set("markupBasisPoints", json.valueToTree(Map.of("bronze", 13_000, "silver", 9_000, "gold", 11_500)));
        body.set("models", json.valueToTree(catalog.current().models()));

        var answer = admin.post("/api/catalog/prices", body.toString());

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.code()).isEqualTo("price_table_refused");
        assertThat(answer.body().path("detail").asString()).contains("sell it for 90, a loss of 10");
    }

    @Test
    void refusesATableThatStartsInThePast() {
        var table = (ObjectNode) json.valueToTree(catalog.current());
        table.put("validFromMs", 1_000).remove("version");

        assertThat(new Person(port, "admin")
                        .post("/api/catalog/prices", table.toString())
                        .status())
                .isEqualTo(422);
    }

    @Test
    void letsOnlyAdministratorsChangePrices() {
        var table = json.valueToTree(catalog.current()).toString();
        assertThat(new Person(port).post("/api/catalog/prices", table).status()).isEqualTo(403);
        for (var body : List.of(
                "{}",
                "[]",
                "{\"markupBasisPoints\": {}}",
                "{\"markupBasisPoints\": {\"bronze\": \"x\"}, \"models\": []}",
                "{\"markupBasisPoints\": {\"bronze\": null}, \"models\": [null]}",
                "{\"markupBasisPoints\": {}, \"models\": [{\"name\": \"x\"}]}")) {
            assertThat(new Person(port, "admin")
                            .post("/api/catalog/prices", body)
                            .status())
                    .as(body)
                    .isIn(400, 422);
        }
    }

    @Test
    void showsModelsAndProviders() {
        var models = new Person(port).get("/api/catalog/models").body();

        assertThat(models.path("models").findValuesAsString("name")).contains("gpt-4o-mini", "deepseek-chat");
        assertThat(models.path("providers").findValuesAsString("baseUrl")).contains("https://api.openai.com/v1");
        assertThat(models.toString()).doesNotContain("OPENAI_API_KEY");
    }

    @Test
    void valuesAClaimInTokensAtTheLowestPrice() {
        assertThat(catalog.credits(catalog.leastUsd(1_000_000, List.of("gpt-4o-mini", "gpt-4o"))))
                .isEqualTo(Credits.of(15));
        assertThat(catalog.credits(catalog.leastUsd(1_000_000, List.of("gpt-4o-mini", "text-embedding-3-small"))))
                .isEqualTo(Credits.of(2));
    }

    @Test
    void knowsWhatAModelIsFor() {
        assertThat(catalog.current().models())
                .extracting(CatalogRecord.Model::name, CatalogRecord.Model::mode)
                .contains(
                        tuple("gpt-4o-mini", Mode.CHAT),
                        tuple("gpt-3.5-turbo-instruct", Mode.COMPLETION),
                        tuple("text-embedding-3-small", Mode.EMBEDDING));
    }

    private long newest() {
        return catalog.at(Instant.now()).version();
    }

    private static BigDecimal input(CatalogRecord table) {
        return table.models().stream()
                .filter(model -> model.name().equals("gpt-4o-mini"))
                .findFirst()
                .orElseThrow()
                .price()
                .input();
    }
}
