package io.quotabank.pool.verification;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param concurrency how many keys one instance verifies at once
 * @param attempts how often a provider that does not answer is asked before a deposit is refused for it
 * @param firstPause the pause after the first try without an answer; each later one is twice as long
 * @param longestPause the longest pause between two tries
 * @param claimFor how long one call may take before another instance takes the work over; above the call's time limit
 * @param every how often a key in use is verified again
 * @param doubtPause the least time between two verifications that refused calls have caused
 * @param keepFor how long finished verifications are kept, except those of deposits
 */
@Validated
@ConfigurationProperties("quotabank.verification")
record VerificationProperties(
        @DefaultValue("4") @Min(1) @Max(64) int concurrency,
        @DefaultValue("6") @Min(1) @Max(100) int attempts,
        @DefaultValue("2s") Duration firstPause,
        @DefaultValue("60s") Duration longestPause,
        @DefaultValue("90s") Duration claimFor,
        @DefaultValue("24h") Duration every,
        @DefaultValue("5m") Duration doubtPause,
        @DefaultValue("90d") Duration keepFor) {

    private static final int MOST_DOUBLINGS = 20;

    Duration pauseAfter(int tries) {
        var pause = firstPause.multipliedBy(1L << Math.min(Math.max(tries - 1, 0), MOST_DOUBLINGS));
        return pause.compareTo(longestPause) < 0 ? pause : longestPause;
    }
}
