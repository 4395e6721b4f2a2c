package io.quotabank.risk.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.risk.signal.Use;
import java.math.BigDecimal;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BalanceRuleTests {

    private final BalanceRule rule = new BalanceRule(1_500, usd("0.01"));

    @ParameterizedTest
    @CsvSource({
        // fell, used by the platform, beyond
        "1.16,       1.00, false",
        "1.16000001, 1.00, true",
        "0.01,       0.00, false",
        "0.01000001, 0.00, true",
        "5.00,       0.12, true",
        "0.00,       5.00, false",
        "1150.01,    1000, false",
        "1150.02,    1000, true"
    })
    void tellsWhatFellByMoreThanFifteenPercentBeyondTheUse(String fell, String used, boolean beyond) {
        var from = new Sample(Instant.EPOCH, usd("2000"), use("7"), use("7"));
        var now = usd("2000").minus(usd(fell));

        var excess = rule.judge(from, now, new Use(usd("7").plus(usd(used)), Credits.ZERO));

        assertThat(excess.isPresent()).isEqualTo(beyond);
        excess.ifPresent(found -> {
            assertThat(found.fell()).isEqualTo(usd(fell));
            assertThat(found.used()).isEqualTo(usd(used));
            assertThat(found.outside()).isEqualTo(usd(fell).minus(usd(used)));
            assertThat(found.certain()).isTrue();
        });
    }

    @ParameterizedTest
    @CsvSource({
        // fell, got, possible besides, beyond, certain
        "2.00, 1.00, 1.00, true, false",
        "2.31, 1.00, 1.00, true, false",
        "2.32, 1.00, 1.00, true, true",
        "1.10, 1.00, 9.00, false, false"
    })
    void isCertainOnlyBeyondWhatAnswersThatWereLeftMayHaveCost(
            String fell, String got, String possible, boolean beyond, boolean certain) {
        var from = new Sample(Instant.EPOCH, usd("10"), Use.NONE, new Use(Credits.ZERO, usd("3")));
        var heard = new Use(usd(got), usd("3").plus(usd(possible)));

        var excess = rule.judge(from, usd("10").minus(usd(fell)), heard);

        assertThat(excess.isPresent()).isEqualTo(beyond);
        assertThat(excess.filter(BalanceRule.Excess::certain).isPresent()).isEqualTo(certain);
    }

    @Test
    void countsWhatWasUsedSinceTheSampleBeforeSinceABalanceMayLag() {
        var from = new Sample(Instant.EPOCH, usd("10"), use("3"), use("2"));

        assertThat(rule.judge(from, usd("9"), use("3"))).isEmpty();
        assertThat(rule.judge(from, usd("8"), use("3"))).isPresent();
    }

    @Test
    void saysNothingOfABalanceThatRose() {
        var from = new Sample(Instant.EPOCH, usd("10"), Use.NONE, Use.NONE);

        assertThat(rule.judge(from, usd("11"), Use.NONE)).isEmpty();
    }

    @Test
    void takesDollarsForCreditsAndBack() {
        assertThat(usd("1")).isEqualTo(Credits.of(100));
        assertThat(Usd.credits(new BigDecimal("0.000000019"))).isEqualTo(new Credits(1));
        assertThat(Usd.of(new Credits(1))).isEqualByComparingTo("0.00000001");
        assertThat(Usd.of(Credits.of(123)).toPlainString()).isEqualTo("1.23");
    }

    private static Use use(String usd) {
        return new Use(usd(usd), Credits.ZERO);
    }

    private static Credits usd(String text) {
        return Usd.credits(new BigDecimal(text));
    }
}
