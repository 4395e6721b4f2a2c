package io.quotabank.risk.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
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
        var from = new Sample(Instant.EPOCH, usd("2000"), usd("7"), usd("7"));
        var now = usd("2000").minus(usd(fell));

        var excess = rule.judge(from, now, usd("7").plus(usd(used)));

        assertThat(excess.isPresent()).isEqualTo(beyond);
        excess.ifPresent(found -> {
            assertThat(found.fell()).isEqualTo(usd(fell));
            assertThat(found.used()).isEqualTo(usd(used));
            assertThat(found.outside()).isEqualTo(usd(fell).minus(usd(used)));
        });
    }

    @Test
    void countsWhatWasUsedSinceTheSampleBeforeSinceABalanceMayLag() {
        var from = new Sample(Instant.EPOCH, usd("10"), usd("3"), usd("2"));

        assertThat(rule.judge(from, usd("9"), usd("3"))).isEmpty();
        assertThat(rule.judge(from, usd("8"), usd("3"))).isPresent();
    }

    @Test
    void saysNothingOfABalanceThatRose() {
        var from = new Sample(Instant.EPOCH, usd("10"), Credits.ZERO, Credits.ZERO);

        assertThat(rule.judge(from, usd("11"), Credits.ZERO)).isEmpty();
    }

    @Test
    void takesDollarsForCreditsAndBack() {
        assertThat(usd("1")).isEqualTo(Credits.of(100));
        assertThat(Usd.credits(new BigDecimal("0.000000019"))).isEqualTo(new Credits(1));
        assertThat(Usd.of(new Credits(1))).isEqualByComparingTo("0.00000001");
        assertThat(Usd.of(Credits.of(123)).toPlainString()).isEqualTo("1.23");
    }

    private static Credits usd(String text) {
        return Usd.credits(new BigDecimal(text));
    }
}
