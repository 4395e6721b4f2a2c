package io.quotabank.ledger.grant;

import io.quotabank.contracts.money.Credits;
import java.math.BigDecimal;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param signUpCredits given when a person is first seen, in credits
 * @param signUpLives how long these can be spent
 */
@Validated
@ConfigurationProperties("quotabank.grant")
record GrantProperties(
        @DefaultValue("520") BigDecimal signUpCredits,
        @DefaultValue("90d") Duration signUpLives) {

    GrantProperties {
        if (signUpCredits.signum() <= 0 || !signUpLives.isPositive()) {
            throw new IllegalArgumentException("the sign-up grant is above zero and lives some time");
        }
    }

    Credits signUp() {
        return Credits.ofDecimal(signUpCredits);
    }
}
