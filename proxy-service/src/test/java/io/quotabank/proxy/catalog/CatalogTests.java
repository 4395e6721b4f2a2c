package io.quotabank.proxy.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.catalog.CatalogRecord;
import io.quotabank.contracts.catalog.CatalogRecord.Model;
import io.quotabank.contracts.catalog.CatalogRecord.Price;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CatalogTests {

    private final Catalog catalog = new Catalog();

    @Test
    void pricesByTheNewestVersionWhoseStartHasCome() {
        catalog.put(table(1, 0, "a"), 500);
        catalog.put(table(2, 1_000, "a"), 500);

        assertThat(version("a", 999)).isEqualTo(1);
        assertThat(version("a", 1_000)).isEqualTo(2);
    }

    @Test
    void prefersANewerVersionOverOneThatStartsLater() {
        catalog.put(table(2, 1_000, "a"), 0);
        catalog.put(table(3, 500, "a"), 0);

        assertThat(version("a", 2_000)).isEqualTo(3);
    }

    @Test
    void findsNoModelThatTheTableInForceLacks() {
        catalog.put(table(1, 0, "a"), 0);
        catalog.put(table(2, 10, "b"), 0);

        assertThat(catalog.find("b", 9)).isEmpty();
        assertThat(catalog.find("a", 10)).isEmpty();
        assertThat(catalog.models(10)).extracting(model -> model.model().name()).containsExactly("b");
    }

    @Test
    void findsNothingBeforeAnyTableIsInForce() {
        assertThat(catalog.ready()).isFalse();
        catalog.put(table(1, 100, "a"), 0);

        assertThat(catalog.find("a", 99)).isEmpty();
        assertThat(catalog.ready()).isTrue();
    }

    @Test
    void pricesNothingByATableWithoutMarkups() {
        catalog.put(new CatalogRecord(1, 0, Map.of(), List.of(model("a"))), 0);

        assertThat(catalog.find("a", 0)).isEmpty();
    }

    @Test
    void keepsTheTableInForceHoweverManyComeAfterOrBefore() {
        for (int version = 1; version <= 200; version++) {
            catalog.put(table(version, version <= 100 ? 0 : 1_000, "a"), 0);
        }

        assertThat(version("a", 0)).isEqualTo(100);
        assertThat(version("a", 1_000)).isEqualTo(200);
    }

    private long version(String name, long nowMs) {
        return catalog.find(name, nowMs).orElseThrow().priceVersion();
    }

    private static CatalogRecord table(long version, long validFromMs, String... names) {
        var models = List.of(names).stream().map(CatalogTests::model).toList();
        return new CatalogRecord(version, validFromMs, Map.of("bronze", 13_000), models);
    }

    private static Model model(String name) {
        var price = new Price(BigDecimal.ONE, BigDecimal.TWO, null, null, null, null);
        return new Model(name, name, "o", List.of("p"), Map.of(), "o200k_base", 1_000, 100, List.of("text"), price);
    }
}
