package io.quotabank.ledger.escrow;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param lives how long an application's hold lives where it names no time
 * @param purchaseLives the same for purchases
 * @param longest the most that any hold lives, extensions included, 30 days or less
 * @param lateFor how long after its expiry a hold can be settled late
 * @param sweepEvery how often holds are looked for whose time is over
 * @param sweepMost the most holds ended by one transaction
 * @param page holds of a page where the caller names no number
 * @param largestPage the most that a caller may name
 */
@Validated
@ConfigurationProperties("quotabank.escrow")
record EscrowProperties(
        @DefaultValue("15m") Duration lives,
        @DefaultValue("30d") Duration purchaseLives,
        @DefaultValue("30d") Duration longest,
        @DefaultValue("7d") Duration lateFor,
        @DefaultValue("1s") Duration sweepEvery,
        @DefaultValue("200") @Min(1) @Max(10_000) int sweepMost,
        @DefaultValue("20") @Min(1) @Max(1_000) int page,
        @DefaultValue("100") @Min(1) @Max(1_000) int largestPage) {

    // The database has the same bound.
    private static final Duration THIRTY_DAYS = Duration.ofDays(30);

    EscrowProperties {
        if (!sweepEvery.isPositive() || lateFor.isNegative() || longest.compareTo(THIRTY_DAYS) > 0) {
            throw new IllegalArgumentException("quotabank.escrow.longest is 30 days or less, sweep-every above zero");
        }
        for (var life : new Duration[] {lives, purchaseLives}) {
            if (!life.isPositive() || life.compareTo(longest) > 0) {
                throw new IllegalArgumentException("quotabank.escrow: holds live above zero and at most the longest");
            }
        }
    }

    Duration lives(Escrow.Kind kind) {
        return switch (kind) {
            case APPLICATION -> lives;
            case PURCHASE -> purchaseLives;
        };
    }
}
