package io.quotabank.pool.quota;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param rememberMonths for how many whole months before this one counted requests are known; the record of an older
 *     request is not counted but dead-lettered
 * @param ahead how far in the future a request id's time may lie, for clocks that differ
 * @param failureWindow how far back failures of a run count
 * @param failuresToDoubt how many failures in a row, within the window, have a key verified again
 * @param failuresToFlag how many leave it to a person
 * @param failurePause failures beyond those for a doubt count only so long after the one before: calls that run side
 *     by side fail for one reason
 */
@Validated
@ConfigurationProperties("quotabank.quota")
record QuotaProperties(
        @DefaultValue("3") @Min(1) @Max(24) int rememberMonths,
        @DefaultValue("1h") Duration ahead,
        @DefaultValue("10m") Duration failureWindow,
        @DefaultValue("5") @Min(1) @Max(100) int failuresToDoubt,
        @DefaultValue("10") @Min(1) @Max(100) int failuresToFlag,
        @DefaultValue("10s") Duration failurePause) {

    QuotaProperties {
        if (failuresToFlag <= failuresToDoubt) {
            throw new IllegalArgumentException("a key is doubted before it is flagged");
        }
    }
}
