package io.quotabank.pool.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quotabank.contracts.catalog.CatalogRecord.Model;
import io.quotabank.contracts.verification.KeyVerification.BalanceForm;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.problem.Problems;
import io.quotabank.pool.catalog.Catalog.Outcome;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
class CatalogController {

    private record Models(long version, List<Model> models, List<ProviderView> providers) {}

    private record ProviderView(String name, String displayName, String baseUrl, boolean tellsBalance) {}

    /** @param validFromMs when it comes into force; at once where absent */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record NewPrices(
            @Nullable Long validFromMs,
            @Nullable Map<String, @Nullable Integer> markupBasisPoints,
            @Nullable List<Model> models) {

        @Nullable
        Instant validFrom() {
            return validFromMs == null ? null : sane(Instant.ofEpochMilli(validFromMs));
        }

        PriceTable table() {
            if (markupBasisPoints == null || models == null || markupBasisPoints.containsValue(null)) {
                throw new IllegalArgumentException("a price table has markupBasisPoints and models");
            }
            models.forEach(NewPrices::complete);
            return new PriceTable(markupBasisPoints, models);
        }

        // Records that come from JSON may lack what their types promise.
        private static void complete(@Nullable Model model) {
            if (model == null
                    || Stream.of(model.name(), model.displayName(), model.ownedBy(), model.tokenizer(), model.price())
                            .anyMatch(Objects::isNull)
                    || Stream.of(model.price().input(), model.price().output()).anyMatch(Objects::isNull)) {
                throw new IllegalArgumentException(
                        "a model has name, displayName, ownedBy, tokenizer and a price for input and output");
            }
        }
    }

    private static final Instant LATEST = Instant.parse("2999-12-31T23:59:59Z");

    private final Catalog catalog;
    private final Clock clock;

    CatalogController(Catalog catalog, Clock clock) {
        this.catalog = catalog;
        this.clock = clock;
    }

    @GetMapping("/api/catalog/models")
    ResponseEntity<?> models() {
        var table = catalog.current();
        var providers = catalog.providers().stream()
                .map(provider -> new ProviderView(
                        provider.name(),
                        provider.displayName(),
                        provider.baseUrl(),
                        provider.balance() != BalanceForm.NONE))
                .toList();
        return ResponseEntity.ok(new Models(table.version(), table.models(), providers));
    }

    @GetMapping("/api/catalog/prices")
    ResponseEntity<?> prices(@RequestParam(name = "at", required = false) @Nullable Instant at) {
        return ResponseEntity.ok(catalog.at(at == null ? clock.instant() : sane(at)));
    }

    @PostMapping("/api/catalog/prices")
    ResponseEntity<?> publish(@RequestBody NewPrices prices, Caller caller) {
        if (!caller.has("admin")) {
            return Problems.response("forbidden", "only an administrator changes prices");
        }
        var table = prices.table();
        return switch (catalog.publish(table, prices.validFrom(), caller.subject())) {
            case Outcome.Published published ->
                ResponseEntity.status(HttpStatus.CREATED).body(published.table());
            case Outcome.Refused refused -> Problems.response("price_table_refused", refused.why());
        };
    }

    /** Within what a database and a calendar can hold, and not before the first price table. */
    private static Instant sane(Instant instant) {
        if (instant.isBefore(Instant.EPOCH) || instant.isAfter(LATEST)) {
            throw new IllegalArgumentException("an instant lies between the years 1970 and 2999");
        }
        return instant;
    }
}
