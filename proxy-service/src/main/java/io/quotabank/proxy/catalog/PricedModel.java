package io.quotabank.proxy.catalog;

import io.quotabank.contracts.catalog.CatalogRecord;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.TokenUsage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One model at one price version, pinned for a request when it starts.
 *
 * @param markups what a use costs by tier, in basis points of list price; never empty
 */
public record PricedModel(CatalogRecord.Model model, long priceVersion, Map<String, Integer> markups) {

    /** The mark-up of list price itself, in basis points. */
    public static final int LIST_PRICE = 10_000;

    private static final BigDecimal MICRO_CREDITS_PER_DOLLAR =
            BigDecimal.valueOf(Credits.PER_USD * Credits.MICRO_PER_CREDIT);
    // A price is in dollars per million tokens, and the two millions cancel out.
    private static final BigDecimal MICRO_CREDITS_PER_PRICE_AND_TOKEN = BigDecimal.valueOf(Credits.PER_USD);

    public PricedModel {
        markups = Map.copyOf(markups);
        if (markups.isEmpty()) {
            throw new IllegalArgumentException("a price table without mark-ups prices nothing");
        }
    }

    /** The tier's mark-up; an unknown tier pays the dearest. */
    public int markupBasisPoints(String tier) {
        var known = markups.get(tier);
        return known != null ? known : dearestMarkup();
    }

    /** What these tokens cost a buyer: the exact sum over the classes times the mark-up, rounded once, half up. */
    public Credits cost(TokenUsage tokens, int markupBp) {
        return isNothing(tokens) ? Credits.ZERO : rounded(exact(tokens), markupBp);
    }

    /** The same tokens at the provider's list price. */
    public Credits listCost(TokenUsage tokens) {
        return cost(tokens, LIST_PRICE);
    }

    /** The highest cost that so many tokens can have, whatever classes they turn out to be of. */
    public Credits atMost(long inputTokens, long outputTokens, int markupBp) {
        var price = model.price();
        var input = dearest(price.input(), price.cacheRead(), price.cacheCreation());
        var output = dearest(price.output(), price.reasoning(), null);
        var sum = tokens(inputTokens, input).add(tokens(outputTokens, output)).add(perRequest());
        return rounded(sum, markupBp);
    }

    private int dearestMarkup() {
        return markups.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
    }

    private BigDecimal exact(TokenUsage tokens) {
        var price = model.price();
        long plainInput = tokens.input() - tokens.cacheRead() - tokens.cacheCreation();
        return tokens(plainInput, price.input())
                .add(tokens(tokens.cacheRead(), orElse(price.cacheRead(), price.input())))
                .add(tokens(tokens.cacheCreation(), orElse(price.cacheCreation(), price.input())))
                .add(tokens(tokens.output() - tokens.reasoning(), price.output()))
                .add(tokens(tokens.reasoning(), orElse(price.reasoning(), price.output())))
                .add(perRequest());
    }

    private BigDecimal perRequest() {
        return orElse(model.price().perRequest(), BigDecimal.ZERO).multiply(MICRO_CREDITS_PER_DOLLAR);
    }

    private static BigDecimal tokens(long count, BigDecimal price) {
        return count == 0
                ? BigDecimal.ZERO
                : price.multiply(MICRO_CREDITS_PER_PRICE_AND_TOKEN).multiply(BigDecimal.valueOf(count));
    }

    private static Credits rounded(BigDecimal microAtList, int markupBp) {
        var micro = microAtList
                .multiply(BigDecimal.valueOf(markupBp))
                .movePointLeft(4)
                .setScale(0, RoundingMode.HALF_UP);
        return new Credits(micro.longValueExact());
    }

    private static boolean isNothing(TokenUsage tokens) {
        return tokens.input() == 0 && tokens.output() == 0;
    }

    private static BigDecimal dearest(BigDecimal plain, @Nullable BigDecimal one, @Nullable BigDecimal other) {
        return plain.max(orElse(one, plain)).max(orElse(other, plain));
    }

    private static BigDecimal orElse(@Nullable BigDecimal price, BigDecimal otherwise) {
        return price != null ? price : otherwise;
    }
}
