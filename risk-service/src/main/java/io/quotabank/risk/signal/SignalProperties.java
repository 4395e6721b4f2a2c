package io.quotabank.risk.signal;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param rememberMonths for how many whole months before this one requests that were heard of are known; the record of an
 *     older request is not heard but dead-lettered
 * @param ahead how far in the future a request id's time may lie, for clocks that differ
 * @param longestRequest after this, a request that was never heard of as ended is taken to have ended
 */
@Validated
@ConfigurationProperties("quotabank.signal")
record SignalProperties(
        @DefaultValue("1") @Min(1) @Max(24) int rememberMonths,
        @DefaultValue("1h") Duration ahead,
        @DefaultValue("11m") @DurationMin(seconds = 1) Duration longestRequest) {}
