package io.quotabank.ledger.entry;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param start whether this process publishes
 * @param every how often it looks for new cuts
 * @param mostInFlight entries that the broker has not acknowledged yet
 * @param longest how long the database may sort the entries of a window; those of before the first cut are one
 */
@Validated
@ConfigurationProperties("quotabank.entry")
record EntryProperties(
        @DefaultValue("true") boolean start,
        @DefaultValue("500ms") Duration every,
        @DefaultValue("10000") @Min(100) @Max(1_000_000) int mostInFlight,
        @DefaultValue("30m") Duration longest) {}
