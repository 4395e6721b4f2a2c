package io.quotabank.ledger.reconciliation;

import io.quotabank.contracts.usage.UsageLog;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param every how often what is new is proven; in one of the processes
 * @param eventsSince a run that is not in full leaves out requests that began so long before the last run in which
 *     settlement and the usage events agreed
 * @param longest how long one proof may take
 * @param patience how long to wait, at most twice, until settlement and the usage log have read what is in the topic
 * @param mostDifferences requests that are looked at one by one; where more differ, the proof differs by these
 * @param usageLog whether there is a usage log to compare settlement with; a ledger that only keeps credits for other
 *     applications has none, and leaves that proof out
 * @param usageLogGroup the consumer group whose offsets tell how far the usage log is
 */
@Validated
@ConfigurationProperties("quotabank.reconciliation")
record ReconciliationProperties(
        @DefaultValue("5m") Duration every,
        @DefaultValue("1d") Duration eventsSince,
        @DefaultValue("10m") Duration longest,
        @DefaultValue("12s") Duration patience,
        @DefaultValue("10000") @Min(1) @Max(1_000_000) int mostDifferences,
        @DefaultValue("true") boolean usageLog,
        @DefaultValue(UsageLog.GROUP) String usageLogGroup) {}
