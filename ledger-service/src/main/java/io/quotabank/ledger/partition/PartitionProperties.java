package io.quotabank.ledger.partition;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param monthsAhead months to come that have their tables
 * @param daysAhead days to come that have their tables of idempotency keys
 * @param every how often this is looked after, and at each start
 */
@Validated
@ConfigurationProperties("quotabank.partition")
record PartitionProperties(
        @DefaultValue("3") @Min(1) @Max(24) int monthsAhead,
        @DefaultValue("7") @Min(1) @Max(60) int daysAhead,
        @DefaultValue("6h") Duration every) {}
