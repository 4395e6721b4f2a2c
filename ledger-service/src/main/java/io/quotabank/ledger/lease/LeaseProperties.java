package io.quotabank.ledger.lease;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param reserveFor how long a holder may reserve in a lease, by its monotonic clock
 * @param longestRequest how long a request may run on after that
 * @param unsettledFor how long what a last statement told as spent is waited for as events, in uptime: longer than Kafka
 *     or a proxy's disk may ever be away
 * @param recallTimeout how long the holders of a person's other leases have to answer a recall, all at once
 * @param mostRecalled the most leases recalled for one request, the fullest first
 * @param tick how often the ledger's uptime is counted
 * @param longestTick the most that one count adds: a process that was frozen was not up
 * @param sweepEvery how often leases are looked for whose holders were silent for {@code reserveFor + longestRequest}
 * @param sweepMost the most leases released by one look
 */
@Validated
@ConfigurationProperties("quotabank.lease")
record LeaseProperties(
        @DefaultValue("10m") Duration reserveFor,
        @DefaultValue("10m") Duration longestRequest,
        @DefaultValue("7d") Duration unsettledFor,
        @DefaultValue("300ms") Duration recallTimeout,
        @DefaultValue("32") @Min(1) @Max(1_000) int mostRecalled,
        @DefaultValue("1s") Duration tick,
        @DefaultValue("5s") Duration longestTick,
        @DefaultValue("5s") Duration sweepEvery,
        @DefaultValue("500") @Min(1) @Max(100_000) int sweepMost) {

    LeaseProperties {
        for (var time :
                new Duration[] {reserveFor, longestRequest, unsettledFor, recallTimeout, tick, longestTick, sweepEvery
                }) {
            if (!time.isPositive()) {
                throw new IllegalArgumentException("times of leases are above zero");
            }
        }
    }

    Duration silence() {
        return reserveFor.plus(longestRequest);
    }
}
