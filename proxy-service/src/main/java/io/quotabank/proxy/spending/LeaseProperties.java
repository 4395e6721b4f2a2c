package io.quotabank.proxy.spending;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param idle a lease that nothing was reserved from or closed in for so long is given back
 * @param spendWindow the spending of about this time is what a new lease is asked to hold
 * @param needs a new lease is asked to hold at least so many times what the request needs
 * @param timeLimit of one call to the ledger; an unanswered call is repeated once
 * @param patience how long a request waits for a lease in all
 * @param checkEvery how often leases are looked at for being idle, old, or having news for the ledger
 * @param retryAtMost the longest pause between two tries to tell a statement
 * @param mostUsers users with a wallet here at once; a user beyond is refused with 503
 * @param mostCalls calls to the ledger at once
 * @param stopTimeout how long a stopping process tries to tell its last statements; what is left is told by replay
 */
@Validated
@ConfigurationProperties("quotabank.lease")
record LeaseProperties(
        @DefaultValue("60s") Duration idle,
        @DefaultValue("5m") Duration spendWindow,
        @DefaultValue("4") @Min(1) @Max(1_000) int needs,
        @DefaultValue("2s") Duration timeLimit,
        @DefaultValue("5s") Duration patience,
        @DefaultValue("250ms") Duration checkEvery,
        @DefaultValue("10s") Duration retryAtMost,
        @DefaultValue("100000") @Min(1) int mostUsers,
        @DefaultValue("64") @Min(1) int mostCalls,
        @DefaultValue("5s") Duration stopTimeout) {}
