package io.quotabank.contracts.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class TokenUsageProperties {

    @Property
    void classesAreNeverLargerThanWhatTheyArePartOf(
            @ForAll @LongRange(min = -3, max = 12) long input,
            @ForAll @LongRange(min = -3, max = 12) long output,
            @ForAll @LongRange(min = -3, max = 12) long cacheRead,
            @ForAll @LongRange(min = -3, max = 12) long cacheCreation,
            @ForAll @LongRange(min = -3, max = 12) long reasoning) {
        var sound = input >= 0
                && output >= 0
                && cacheRead >= 0
                && cacheCreation >= 0
                && reasoning >= 0
                && cacheRead + cacheCreation <= input
                && reasoning <= output;
        if (sound) {
            assertThat(new TokenUsage(input, output, cacheRead, cacheCreation, reasoning).input())
                    .isEqualTo(input);
        } else {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new TokenUsage(input, output, cacheRead, cacheCreation, reasoning));
        }
    }

    @Property
    void boundsHoldAlsoWhereAdditionWouldOverflow(
            @ForAll @LongRange(min = 0) long input,
            @ForAll @LongRange(min = 0) long cacheRead,
            @ForAll @LongRange(min = 0) long cacheCreation) {
        var sum = BigInteger.valueOf(cacheRead).add(BigInteger.valueOf(cacheCreation));
        if (sum.compareTo(BigInteger.valueOf(input)) <= 0) {
            assertThat(new TokenUsage(input, 0, cacheRead, cacheCreation, 0).cacheRead())
                    .isEqualTo(cacheRead);
        } else {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new TokenUsage(input, 0, cacheRead, cacheCreation, 0));
        }
    }

    @Example
    void bothSidesOfEachBound() {
        assertThat(new TokenUsage(10, 5, 6, 4, 5)).isNotNull();
        assertThatIllegalArgumentException().isThrownBy(() -> new TokenUsage(10, 5, 6, 5, 5));
        assertThatIllegalArgumentException().isThrownBy(() -> new TokenUsage(10, 5, 11, 0, 5));
        assertThatIllegalArgumentException().isThrownBy(() -> new TokenUsage(10, 5, 6, 4, 6));
        assertThat(TokenUsage.of(0, 0)).isEqualTo(TokenUsage.NONE);
    }
}
