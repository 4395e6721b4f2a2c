package io.quotabank.sandbox.key;

import java.math.BigDecimal;

/**
 * What the provider takes for tokens, in pico-dollars each. Cached input costs half of input, rounded down.
 *
 * @param input per input token
 * @param output per output token
 */
public record Prices(long input, long output) {

    private static final BigDecimal MOST = BigDecimal.valueOf(100_000);

    /** What a key pays that was given no prices: those of a small current model. */
    public static final Prices DEFAULT = of(new BigDecimal("0.15"), new BigDecimal("0.60"));

    /**
     * From US dollars per million tokens.
     *
     * @throws IllegalArgumentException when negative, above 100,000 or finer than 6 decimals
     */
    public static Prices of(BigDecimal inputUsdPerMillion, BigDecimal outputUsdPerMillion) {
        return new Prices(picoPerToken(inputUsdPerMillion), picoPerToken(outputUsdPerMillion));
    }

    private static long picoPerToken(BigDecimal usdPerMillion) {
        if (usdPerMillion.signum() < 0
                || usdPerMillion.compareTo(MOST) > 0
                || usdPerMillion.stripTrailingZeros().scale() > 6) {
            throw new IllegalArgumentException(
                    "A price per million tokens is between 0 and 100,000 US dollars, with up to 6 decimals.");
        }
        return usdPerMillion.movePointRight(6).longValueExact();
    }

    long pico(long inputTokens, long cachedTokens, long outputTokens) {
        return (inputTokens - cachedTokens) * input + cachedTokens * (input / 2) + outputTokens * output;
    }
}
