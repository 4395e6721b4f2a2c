package io.quotabank.ledger.reward;

import io.quotabank.contracts.money.Credits;
import java.math.BigDecimal;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param invitationCredits for each side of an invitation, in credits
 * @param invitationLives how long these can be spent
 */
@Validated
@ConfigurationProperties("quotabank.reward")
record RewardProperties(
        @DefaultValue("100") BigDecimal invitationCredits,
        @DefaultValue("90d") Duration invitationLives) {

    RewardProperties {
        if (invitationCredits.signum() <= 0 || !invitationLives.isPositive()) {
            throw new IllegalArgumentException("an invitation gives something that lives some time");
        }
    }

    Credits invitation() {
        return Credits.ofDecimal(invitationCredits);
    }
}
