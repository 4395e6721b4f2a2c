package io.quotabank.proxy.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.catalog.CatalogRecord.Model;
import io.quotabank.contracts.catalog.CatalogRecord.Price;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.TokenUsage;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class PricedModelProperties {

    private static final long MILLION = 1_000_000;

    /** The same sum in whole numbers: price x 10^9 is whole, so everything is a fraction over 10^9 x 10^4. */
    @Property
    void costsTheExactSumRoundedOnceHalfUp(
            @ForAll("prices") Price price,
            @ForAll("tokens") TokenUsage tokens,
            @ForAll @IntRange(min = 0, max = 50_000) int markup) {
        var sum = times(tokens.input() - tokens.cacheRead() - tokens.cacheCreation(), price.input())
                .add(times(tokens.cacheRead(), price.cacheRead() == null ? price.input() : price.cacheRead()))
                .add(times(
                        tokens.cacheCreation(), price.cacheCreation() == null ? price.input() : price.cacheCreation()))
                .add(times(tokens.output() - tokens.reasoning(), price.output()))
                .add(times(tokens.reasoning(), price.reasoning() == null ? price.output() : price.reasoning()));
        if (price.perRequest() != null && tokens.input() + tokens.output() > 0) {
            // Dollars per request instead of dollars per million tokens.
            sum = sum.add(times(MILLION, price.perRequest()));
        }
        // One dollar per million tokens is 100 micro-credits per token.
        var scaled = sum.multiply(BigInteger.valueOf(100)).multiply(BigInteger.valueOf(markup));
        var divisor = BigInteger.TEN.pow(9 + 4);
        var halfUp = scaled.multiply(BigInteger.TWO).add(divisor).divide(divisor.multiply(BigInteger.TWO));

        assertThat(model(price).cost(tokens, markup)).isEqualTo(new Credits(halfUp.longValueExact()));
    }

    @Property
    void neverCostsMoreThanAtMost(
            @ForAll("prices") Price price,
            @ForAll("tokens") TokenUsage tokens,
            @ForAll @IntRange(min = 0, max = 50_000) int markup) {
        var model = model(price);

        assertThat(model.cost(tokens, markup))
                .isLessThanOrEqualTo(model.atMost(tokens.input(), tokens.output(), markup));
    }

    @Example
    void marksUpAKnownPriceAsThePriceListSays() {
        var price = new Price(new BigDecimal("0.15"), new BigDecimal("0.60"), null, null, null, null);

        // 1,000 x 0.15 + 500 x 0.60 dollars per million = 0.00045 USD = 0.045 credits, x 1.3.
        assertThat(model(price).cost(TokenUsage.of(1_000, 500), 13_000)).isEqualTo(new Credits(58_500));
        assertThat(model(price).listCost(TokenUsage.of(1_000, 500))).isEqualTo(new Credits(45_000));
    }

    @Example
    void roundsHalfAMicroCreditUpAndLessDown() {
        var half = new Price(new BigDecimal("0.005"), BigDecimal.ONE, null, null, null, null);
        var less = new Price(new BigDecimal("0.004999"), BigDecimal.ONE, null, null, null, null);

        assertThat(model(half).listCost(TokenUsage.of(1, 0))).isEqualTo(new Credits(1));
        assertThat(model(less).listCost(TokenUsage.of(1, 0))).isEqualTo(Credits.ZERO);
    }

    @Example
    void chargesAnUnknownTierTheDearestMarkup() {
        var price = new Price(BigDecimal.ONE, BigDecimal.ONE, null, null, null, null);

        assertThat(model(price).markupBasisPoints("gold")).isEqualTo(11_000);
        assertThat(model(price).markupBasisPoints("platinum")).isEqualTo(13_000);
    }

    @Example
    void costsNothingWhereNothingWasServedThoughRequestsHaveAPrice() {
        var price = new Price(BigDecimal.ONE, BigDecimal.ONE, null, null, null, new BigDecimal("0.01"));

        assertThat(model(price).listCost(TokenUsage.NONE)).isEqualTo(Credits.ZERO);
        assertThat(model(price).listCost(TokenUsage.of(1, 0))).isEqualTo(new Credits(1_000_100));
    }

    @Provide
    Arbitrary<Price> prices() {
        var price = Arbitraries.bigDecimals()
                .between(BigDecimal.ZERO, new BigDecimal("200"))
                .ofScale(9);
        return Combinators.combine(
                        price,
                        price,
                        price.injectNull(0.5),
                        price.injectNull(0.5),
                        price.injectNull(0.5),
                        price.injectNull(0.8))
                .as(Price::new);
    }

    @Provide
    Arbitrary<TokenUsage> tokens() {
        var count = Arbitraries.longs().between(0, 10_000_000);
        return Combinators.combine(count, count, count, count, count)
                .as((plain, read, created, output, reasoning) ->
                        new TokenUsage(plain + read + created, output + reasoning, read, created, reasoning));
    }

    private static BigInteger times(long count, BigDecimal price) {
        return price.movePointRight(9).toBigIntegerExact().multiply(BigInteger.valueOf(count));
    }

    private static PricedModel model(Price price) {
        var model =
                new Model("m", "M", "o", List.of("p"), Map.of(), "o200k_base", 128_000, 16_000, List.of("text"), price);
        return new PricedModel(model, 1, Map.of("bronze", 13_000, "gold", 11_000));
    }
}
