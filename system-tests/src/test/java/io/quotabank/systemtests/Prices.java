package io.quotabank.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.catalog.CatalogRecord;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.systemtests.stack.Http;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** Prices worked out here from the published table, so that the platform's own arithmetic is what is tested. */
record Prices(CatalogRecord table) {

    private static final BigDecimal MICRO_CREDITS_PER_USD = new BigDecimal("100000000");
    private static final BigDecimal MILLION = new BigDecimal("1000000");

    static Prices published() {
        var answer = Http.get(Suite.STACK.gateway() + "/api/catalog/prices", Suite.PEOPLE.token("admin"));
        return new Prices(Http.JSON.readValue(answer.body(), CatalogRecord.class));
    }

    /** What the event's tokens cost its buyer, in micro-credits. */
    long microOf(UsageEvent.Closed event) {
        assertThat(table.version()).isEqualTo(event.priceVersion());
        var price = table.models().stream()
                .filter(model -> model.name().equals(event.requestModel()))
                .findFirst()
                .orElseThrow()
                .price();
        var tokens = event.tokens();
        var cached = price.cacheRead() == null ? price.input() : price.cacheRead();
        var reasoned = price.reasoning() == null ? price.output() : price.reasoning();
        var usd = times(price.input(), tokens.input() - tokens.cacheRead())
                .add(times(cached, tokens.cacheRead()))
                .add(times(price.output(), tokens.output() - tokens.reasoning()))
                .add(times(reasoned, tokens.reasoning()))
                .divide(MILLION, 20, RoundingMode.UNNECESSARY);
        return usd.multiply(MICRO_CREDITS_PER_USD)
                .multiply(BigDecimal.valueOf(event.markupBasisPoints(), 4))
                .setScale(0, RoundingMode.HALF_UP)
                .longValueExact();
    }

    private static BigDecimal times(BigDecimal perMillion, long tokens) {
        return perMillion.multiply(BigDecimal.valueOf(tokens));
    }
}
