package io.quotabank.sandbox.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class BalanceTests {

    @Test
    void isExhaustedAtZeroAndBelow() {
        var balance = new Balance(new BigDecimal("0.000000000002"));
        assertThat(balance.exhausted()).isFalse();
        balance.fall(1);
        assertThat(balance.exhausted()).isFalse();
        balance.fall(1);
        assertThat(balance.exhausted()).isTrue();
        balance.fall(1);
        assertThat(balance.usd()).isEqualByComparingTo("-0.000000000001");
    }

    @Test
    void isNeverExhaustedWithoutALimit() {
        var balance = new Balance(null);
        balance.fall(Long.MAX_VALUE);

        assertThat(balance.exhausted()).isFalse();
        assertThat(balance.usd()).isNull();
    }

    @Test
    void pricesTokensExactly() {
        var prices = Prices.of(new BigDecimal("0.15"), new BigDecimal("0.60"));

        assertThat(prices).isEqualTo(Prices.DEFAULT);
        assertThat(prices.pico(1_000_000, 0, 0)).isEqualTo(Balance.pico(new BigDecimal("0.15")));
        assertThat(prices.pico(1_000_000, 1_000_000, 1_000_000)).isEqualTo(Balance.pico(new BigDecimal("0.675")));
    }

    @Test
    void refusesAmountsThatDoNotFit() {
        assertThat(Balance.pico(new BigDecimal("1000000"))).isEqualTo(1_000_000_000_000_000_000L);
        assertThatIllegalArgumentException().isThrownBy(() -> Balance.pico(new BigDecimal("1000000.01")));
        assertThatIllegalArgumentException().isThrownBy(() -> Balance.pico(new BigDecimal("1e-13")));
        assertThatIllegalArgumentException().isThrownBy(() -> Prices.of(new BigDecimal("1e-7"), BigDecimal.ONE));
    }
}
