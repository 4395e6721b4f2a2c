package io.quotabank.proxy.catalog;

import io.quotabank.contracts.catalog.CatalogRecord;
import io.quotabank.contracts.catalog.CatalogRecord.Mode;
import io.quotabank.contracts.catalog.CatalogRecord.Model;
import io.quotabank.contracts.catalog.CatalogRecord.Price;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** A catalogue with a given table in force. */
public final class TestCatalog {

    /** 3 and 15 dollars a million tokens, cached input a tenth; at most 1,000 output tokens. */
    public static Model model(String name) {
        var price = new Price(new BigDecimal("3"), new BigDecimal("15"), new BigDecimal("0.3"), null, null, null);
        return new Model(
                name,
                name,
                "somebody",
                List.of("sandbox"),
                Map.of("renaming", "upstream/" + name),
                "o200k_base",
                128_000,
                1_000,
                List.of("text"),
                price);
    }

    /** Goes on with texts, at the same prices. */
    public static Model completing(String name) {
        return as(Mode.COMPLETION, model(name), 128_000, 1_000, model(name).price());
    }

    /** 20 dollars a million tokens of input; a context of 8,192. */
    public static Model embedding(String name) {
        var price = new Price(new BigDecimal("20"), BigDecimal.ZERO, null, null, null, null);
        return as(Mode.EMBEDDING, model(name), 8_192, 0, price);
    }

    private static Model as(Mode mode, Model model, long context, long maxOutput, Price price) {
        return new Model(
                model.name(),
                model.displayName(),
                model.ownedBy(),
                model.providers(),
                model.upstreamNames(),
                model.tokenizer(),
                context,
                maxOutput,
                model.inputModalities(),
                price,
                mode);
    }

    public static Catalog of(Model... models) {
        var catalog = new Catalog();
        catalog.put(new CatalogRecord(7, 0, Map.of("bronze", 13_000, "gold", 11_000), List.of(models)), 0);
        return catalog;
    }

    public static PricedModel priced(String name) {
        return priced(model(name));
    }

    public static PricedModel priced(Model model) {
        return of(model).find(model.name(), 1).orElseThrow();
    }

    private TestCatalog() {}
}
