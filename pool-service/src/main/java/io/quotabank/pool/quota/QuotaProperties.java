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
 */
@Validated
@ConfigurationProperties("quotabank.quota")
record QuotaProperties(
        @DefaultValue("3") @Min(1) @Max(24) int rememberMonths,
        @DefaultValue("1h") Duration ahead) {}
