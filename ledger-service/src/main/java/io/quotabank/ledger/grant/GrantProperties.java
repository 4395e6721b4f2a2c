package io.quotabank.ledger.grant;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.math.BigDecimal;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param signUpCredits given when a person is first seen, in credits
 * @param signUpLives how long these can be spent
 * @param phoneCredits given when a person is first seen with a verified phone, in credits
 * @param phoneLives how long these can be spent
 * @param mostGiven the most credits of one gift
 * @param sweepMost accounts of one transaction that books what has expired
 */
@Validated
@ConfigurationProperties("quotabank.grant")
record GrantProperties(
        @DefaultValue("520") BigDecimal signUpCredits,
        @DefaultValue("90d") Duration signUpLives,
        @DefaultValue("480") BigDecimal phoneCredits,
        @DefaultValue("90d") Duration phoneLives,

        @DefaultValue("1000000") @Min(1) @Max(1_000_000_000_000L)
        long mostGiven,

        @DefaultValue("100") @Min(1) @Max(1_000) int sweepMost) {

    GrantProperties {
        if (signUpCredits.signum() <= 0 || phoneCredits.signum() <= 0) {
            throw new IllegalArgumentException("grants are above zero");
        }
        if (!signUpLives.isPositive() || !phoneLives.isPositive()) {
            throw new IllegalArgumentException("grants live some time");
        }
    }
}
