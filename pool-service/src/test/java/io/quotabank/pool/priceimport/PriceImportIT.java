package io.quotabank.pool.priceimport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.catalog.CatalogRecord;
import io.quotabank.pool.Person;
import io.quotabank.pool.Person.Answer;
import io.quotabank.pool.PoolTest;
import io.quotabank.pool.Records;
import io.quotabank.pool.catalog.Catalog;
import io.quotabank.pool.catalog.PriceTable;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.io.ClassPathResource;

@PoolTest
class PriceImportIT {

    @LocalServerPort
    private int port;

    @Autowired
    private Catalog catalog;

    private Person admin;
    private CatalogRecord before;

    @BeforeEach
    void remember() {
        admin = new Person(port, "admin");
        before = catalog.current();
    }

    @AfterEach
    void putBack() {
        // Other tests expect the prices that are shipped.
        catalog.publish(
                new PriceTable(before.markupBasisPoints(), before.models()),
                null,
                admin.id().toString());
    }

    @Test
    void showsTheDifferenceAndChangesNothingYet() throws Exception {
        var made = admin.post("/api/catalog/imports", sample());

        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        assertThat(made.body().path("changed").findValuesAsString("model")).contains("gpt-4o", "claude-sonnet-4.5");
        assertThat(made.body().path("standing").path("inForce").asLong()).isEqualTo(before.version());
        assertThat(made.body().has("applied")).isFalse();
        assertThat(made.body().at("/vanished/prices").findValuesAsString("what"))
                .contains("cacheRead");
        assertThat(made.body().at("/vanished/count").asInt()).isPositive();
        assertThat(catalog.current()).isEqualTo(before);
        assertThat(admin.get(path(made)).body()).isEqualTo(made.body());
    }

    @Test
    void appliesOnceAndTellsRoutersTheExactPrices() throws Exception {
        var made = admin.post("/api/catalog/imports", sample());

        var applied = admin.post(path(made) + "/apply", null);

        assertThat(applied.status()).as(applied.raw().body()).isEqualTo(200);
        long version = applied.body().path("applied").path("version").asLong();
        assertThat(version).isGreaterThan(before.version());
        assertThat(output("gpt-4o")).isEqualByComparingTo("11");
        assertThat(catalog.current().markupBasisPoints()).isEqualTo(before.markupBasisPoints());
        assertThat(admin.post(path(made) + "/apply", "{}").body()).isEqualTo(applied.body());
        assertThat(catalog.current().version()).isEqualTo(version);
        var told = await().until(
                        () -> Records.of(CatalogRecord.TOPIC, Long.toString(version), CatalogRecord.class),
                        list -> !list.isEmpty());
        assertThat(told.getFirst()).isEqualTo(catalog.current());
    }

    @Test
    void keepsEveryDigitOnItsWayToTheRouters() {
        var file = "{\"gpt-4o\": {\"litellm_provider\": \"openai\", \"mode\": \"chat\","
                + " \"input_cost_per_token\": 1.23456789012345678e-6, \"output_cost_per_token\": \"0.1\"}}";

        var applied = admin.post(path(admin.post("/api/catalog/imports", file)) + "/apply", null);

        long version = applied.body().path("applied").path("version").asLong();
        var told = await().until(
                        () -> Records.of(CatalogRecord.TOPIC, Long.toString(version), CatalogRecord.class),
                        list -> !list.isEmpty());
        assertThat(told.getFirst().models())
                .filteredOn(model -> model.name().equals("gpt-4o"))
                .first()
                .satisfies(model -> {
                    assertThat(model.price().input()).isEqualByComparingTo("1.23456789012345678");
                    assertThat(model.price().output()).isEqualByComparingTo("100000");
                });
    }

    @Test
    void putsAnImportIntoForceWhenItsTimeHasCome() throws Exception {
        var made = admin.post("/api/catalog/imports", sample());
        var from = Instant.now().plus(1, ChronoUnit.DAYS).truncatedTo(ChronoUnit.MILLIS);

        var applied = admin.post(path(made) + "/apply", "{\"from\": \"" + from + "\"}");

        assertThat(applied.status()).as(applied.raw().body()).isEqualTo(200);
        assertThat(applied.body().path("applied").path("validFrom").asString()).isEqualTo(from.toString());
        assertThat(catalog.current()).isEqualTo(before);
        assertThat(catalog.at(from.minusMillis(1))).isEqualTo(before);
        assertThat(catalog.at(from).version())
                .isEqualTo(applied.body().path("applied").path("version").asLong());
        // The next preview says which table waits: an import applied now would come before it and stay.
        var next = admin.post("/api/catalog/imports", sample());
        assertThat(next.body().path("standing").path("waiting").toString()).contains(from.toString());
    }

    @Test
    void refusesToApplyOnceThePricesAreOthers() throws Exception {
        var overtaken = admin.post("/api/catalog/imports", sample());
        admin.post(path(admin.post("/api/catalog/imports?models=gpt-4.1-nano", sample())) + "/apply", null);
        var inForce = catalog.current();

        var answer = admin.post(path(overtaken) + "/apply", null);

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("price_import_overtaken");
        assertThat(catalog.current()).isEqualTo(inForce);
    }

    @Test
    void refusesToApplyOnceATableWaitsThatDidNot() throws Exception {
        var overtaken = admin.post("/api/catalog/imports", sample());
        var waiting = admin.post("/api/catalog/imports?models=gpt-4o", sample());
        var from = Instant.now().plus(1, ChronoUnit.DAYS);
        admin.post(path(waiting) + "/apply", "{\"from\": \"" + from + "\"}");

        assertThat(admin.post(path(overtaken) + "/apply", null).status()).isEqualTo(409);
    }

    @Test
    void refusesAStartInThePastAndCanStillBeApplied() throws Exception {
        var made = admin.post("/api/catalog/imports", sample());

        assertThat(admin.post(path(made) + "/apply", "{\"from\": \"2001-01-01T00:00:00Z\"}")
                        .code())
                .isEqualTo("price_table_refused");
        assertThat(admin.post(path(made) + "/apply", "{\"from\": \"+9999999-01-01T00:00:00Z\"}")
                        .status())
                .isEqualTo(400);
        assertThat(admin.post(path(made) + "/apply", null).status()).isEqualTo(200);
    }

    @Test
    void letsOnlyAdministratorsImport() throws Exception {
        var made = admin.post("/api/catalog/imports", sample());
        var somebody = new Person(port);

        assertThat(somebody.post("/api/catalog/imports", sample()).status()).isEqualTo(403);
        assertThat(somebody.get(path(made)).status()).isEqualTo(403);
        assertThat(somebody.post(path(made) + "/apply", null).status()).isEqualTo(403);
        assertThat(admin.get("/api/catalog/imports/" + UUID.randomUUID()).status())
                .isEqualTo(404);
        assertThat(admin.post("/api/catalog/imports/" + UUID.randomUUID() + "/apply", null)
                        .status())
                .isEqualTo(404);
    }

    @Test
    void refusesWhatIsNoPriceFile() {
        for (var body : new String[] {"", "[]", "{", "{\"a\": {\"b\": }}", "{\"a\": {\"input_cost_per_token\": 1e}}"}) {
            var answer = admin.post("/api/catalog/imports", body);
            assertThat(answer.status()).as(body).isEqualTo(400);
            assertThat(answer.code()).isEqualTo("malformed_request");
        }
        assertThat(admin.post("/api/catalog/imports?providers=nobody", "{}").status())
                .isEqualTo(400);
    }

    @Test
    void takesAFileOfSevenMegabytesAndNoneOfNine() {
        assertThat(admin.post("/api/catalog/imports", padded(7)).status()).isEqualTo(201);
        assertThat(admin.post("/api/catalog/imports", padded(9)).status()).isEqualTo(413);
        assertThat(admin.post("/api/catalog/prices", padded(2)).status()).isEqualTo(413);
    }

    private BigDecimal output(String model) {
        return catalog.current().models().stream()
                .filter(known -> known.name().equals(model))
                .findFirst()
                .orElseThrow()
                .price()
                .output();
    }

    private static String path(Answer made) {
        return "/api/catalog/imports/" + made.body().path("id").asString();
    }

    private static String padded(int megabytes) {
        return "{" + " ".repeat(megabytes * 1024 * 1024) + "}";
    }

    private static String sample() throws Exception {
        return new ClassPathResource("price-list.json").getContentAsString(StandardCharsets.UTF_8);
    }
}
