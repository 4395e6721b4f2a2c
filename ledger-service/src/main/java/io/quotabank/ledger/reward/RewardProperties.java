package io.quotabank.ledger.reward;

import io.quotabank.contracts.money.Credits;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.math.BigDecimal;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param invitationCredits for each side of an invitation, in credits
 * @param invitationLives how long these can be spent
 * @param invitationLeastFen how much of a recharge has to stay where some of its money goes back, or the gifts go back, too:
 *     the least that a package costs
 */
@Validated
@ConfigurationProperties("quotabank.reward")
record RewardProperties(
        @DefaultValue("100") BigDecimal invitationCredits,
        @DefaultValue("90d") Duration invitationLives,

        @DefaultValue("1000") @Min(1) @Max(100_000_000) long invitationLeastFen) {

    RewardProperties {
        if (invitationCredits.signum() <= 0 || !invitationLives.isPositive()) {
            throw new IllegalArgumentException("an invitation gives something that lives some time");
        }
    }

    Credits invitation() {
        return Credits.ofDecimal(invitationCredits);
    }
}
