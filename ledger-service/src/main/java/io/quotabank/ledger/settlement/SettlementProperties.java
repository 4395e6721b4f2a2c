package io.quotabank.ledger.settlement;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param group the consumer group whose offsets tell what has been settled
 * @param start whether this process settles; one that does not still opens leases
 * @param concurrency threads that settle, each with partitions of its own: while one waits for the database the other
 *     reads events, and one more is decoding for whichever is next
 * @param batch the most events of one transaction. Batches grow to this with the lag
 * @param gatherMillis how long a poll waits for more while there is no lag, in ms: the larger a batch, the less an event costs
 * @param firstFor how long, while there is a lag, publication, seal and the sweep of earnings wait for it to end
 * @param firstPause how long to wait when the database or the broker is away, doubled each time
 * @param longestPause where the doubling ends; there is no last try
 * @param sendTimeout how long the broker may take to store a dead letter before the batch is tried again
 */
@Validated
@ConfigurationProperties("quotabank.settlement")
record SettlementProperties(
        @DefaultValue("ledger-service") String group,
        @DefaultValue("true") boolean start,
        @DefaultValue("3") @Min(1) @Max(64) int concurrency,
        @DefaultValue("2000") @Min(1) @Max(10_000) int batch,
        @DefaultValue("100") @Min(0) @Max(10_000) int gatherMillis,
        @DefaultValue("1m") Duration firstFor,
        @DefaultValue("200ms") Duration firstPause,
        @DefaultValue("5s") Duration longestPause,
        @DefaultValue("10s") Duration sendTimeout) {}
