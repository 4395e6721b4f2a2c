package io.quotabank.pool.priceimport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** A price is the number that the file wrote, however it wrote it. */
class PriceFileProperties {

    enum Notation {
        PLAIN,
        SCIENTIFIC,
        CAPITAL,
        DISPLACED,
        ZEROS
    }

    @Property
    void keepsAPriceExactInWhateverNotation(
            @ForAll @LongRange(min = 0, max = 999_999_999_999_999_999L) long digits,
            @ForAll @IntRange(min = 18, max = 24) int decimals,
            @ForAll Notation notation,
            @ForAll boolean asText) {
        var price = new BigDecimal(BigInteger.valueOf(digits), decimals);
        var written = written(price, notation);
        var token = asText ? '"' + written + '"' : written;

        var row = PriceFile.read(
                        file("{\"m\": {\"litellm_provider\": \"p\", \"mode\": \"chat\"," + " \"input_cost_per_token\": "
                                + token + ", \"output_cost_per_token\": 0}}"),
                        10)
                .getFirst();

        assertThat(RowReader.read(row, "p"))
                .isInstanceOfSatisfying(
                        RowReader.Reading.Listed.class,
                        listed -> assertThat(listed.model().price().input().movePointLeft(6))
                                .as(written)
                                .isEqualByComparingTo(price));
    }

    private static String written(BigDecimal price, Notation notation) {
        var unscaled = price.unscaledValue();
        return switch (notation) {
            case PLAIN -> price.toPlainString();
            case SCIENTIFIC -> unscaled + "e-" + price.scale();
            case CAPITAL -> (unscaled + "E-" + price.scale()).toUpperCase(Locale.ROOT);
            case DISPLACED -> unscaled.multiply(BigInteger.valueOf(100)) + ".000e-" + (price.scale() + 2);
            case ZEROS -> price.toPlainString() + "000";
        };
    }

    private static ByteArrayInputStream file(String json) {
        return new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8));
    }
}
