package io.quotabank.proxy.usagelog;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param pageSize the longest page of a list
 * @param consumers threads that read {@code usage.v1}
 * @param monthsAhead months to come that have their tables
 * @param partitionsEvery how often that is looked after, and at each start
 */
@Validated
@ConfigurationProperties("quotabank.usage-log")
record UsageLogProperties(
        @DefaultValue("200") @Min(1) @Max(1_000) int pageSize,
        @DefaultValue("1") @Min(1) @Max(12) int consumers,
        @DefaultValue("3") @Min(1) @Max(24) int monthsAhead,
        @DefaultValue("6h") Duration partitionsEvery) {}
