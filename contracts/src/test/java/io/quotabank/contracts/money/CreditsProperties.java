package io.quotabank.contracts.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Scale;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

class CreditsProperties {

    private static final JsonMapper JSON = new JsonMapper();

    @Property
    void aShareIsTheExactPartRoundedDown(
            @ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long micro, @ForAll @IntRange(max = 10_000) int points) {
        var exact = BigInteger.valueOf(micro)
                .multiply(BigInteger.valueOf(points))
                .divide(BigInteger.valueOf(10_000))
                .longValueExact();
        assertThat(new Credits(micro).share(points).micro()).isEqualTo(exact);
    }

    @Property
    void aShareAndItsRestMakeTheWhole(
            @ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long micro, @ForAll @IntRange(max = 10_000) int points) {
        var whole = new Credits(micro);
        var share = whole.share(points);
        assertThat(share.plus(whole.minus(share))).isEqualTo(whole);
    }

    @Property
    void additionAndSubtractionUndoEachOther(
            @ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 2) long a,
            @ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 2) long b) {
        var first = new Credits(a);
        var second = new Credits(b);
        assertThat(first.plus(second).minus(second)).isEqualTo(first);
        assertThat(first.plus(second)).isEqualTo(second.plus(first));
        assertThat(first.min(second).plus(first.minusOrZero(second))).isEqualTo(first);
        assertThat(first.compareTo(second)).isEqualTo(Long.compare(a, b));
    }

    @Property
    void subtractionNeverGoesBelowZero(
            @ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long a,
            @ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long b) {
        if (a >= b) {
            assertThat(new Credits(a).minus(new Credits(b)).micro()).isEqualTo(a - b);
        } else {
            assertThatIllegalArgumentException().isThrownBy(() -> new Credits(a).minus(new Credits(b)));
            assertThat(new Credits(a).minusOrZero(new Credits(b))).isEqualTo(Credits.ZERO);
        }
    }

    @Property
    void decimalsComeBackAsTheyWere(@ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long micro) {
        var credits = new Credits(micro);
        assertThat(Credits.ofDecimal(credits.toDecimal())).isEqualTo(credits);
        assertThat(Credits.ofDecimal(new BigDecimal(credits.toString()))).isEqualTo(credits);
        assertThat(credits.toString()).doesNotContain("E").doesNotMatch(".*\\..*0");
    }

    @Property
    void aDecimalIsTakenExactlyOrRefused(@ForAll @Scale(9) BigDecimal decimal) {
        var fits = decimal.signum() >= 0
                && decimal.compareTo(decimal.setScale(6, RoundingMode.DOWN)) == 0
                && decimal.compareTo(BigDecimal.valueOf(Long.MAX_VALUE, 6)) <= 0;
        if (fits) {
            assertThat(Credits.ofDecimal(decimal).toDecimal()).isEqualByComparingTo(decimal);
        } else {
            assertThatIllegalArgumentException().isThrownBy(() -> Credits.ofDecimal(decimal));
        }
    }

    @Property
    void jsonIsTheNumberOfMicroCredits(@ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long micro) {
        assertThat(JSON.writeValueAsString(new Credits(micro))).isEqualTo(Long.toString(micro));
        assertThat(JSON.readValue(Long.toString(micro), Credits.class)).isEqualTo(new Credits(micro));
    }

    @Example
    void refusesWhatIsNoAmount() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Credits(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> Credits.ZERO.share(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> Credits.ZERO.share(10_001));
        assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(() -> new Credits(Long.MAX_VALUE).plus(new Credits(1)));
        assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(() -> Credits.of(Long.MAX_VALUE / 1_000_000 + 1));
        assertThat(Credits.of(Long.MAX_VALUE / 1_000_000).isZero()).isFalse();
        assertThatExceptionOfType(JacksonException.class).isThrownBy(() -> JSON.readValue("-1", Credits.class));
        assertThatExceptionOfType(JacksonException.class)
                .isThrownBy(() -> JSON.readValue("9223372036854775808", Credits.class));
    }

    @Example
    void readsAsPeopleWriteIt() {
        assertThat(Credits.of(520)).hasToString("520");
        assertThat(new Credits(1_300_000)).hasToString("1.3");
        assertThat(new Credits(1)).hasToString("0.000001");
        assertThat(Credits.ZERO).hasToString("0");
    }

    @Example
    void anAmountThatIsShortToWriteAndTooLongToWriteOutIsRefused() {
        for (var text : new String[] {"1e999999999", "-1e999999999", "1e-999999999", "9223372036854.775808"}) {
            assertThatIllegalArgumentException().as(text).isThrownBy(() -> Credits.ofDecimal(new BigDecimal(text)));
        }
        assertThat(Credits.ofDecimal(new BigDecimal("9223372036854.775807")).micro())
                .isEqualTo(Long.MAX_VALUE);
    }
}
