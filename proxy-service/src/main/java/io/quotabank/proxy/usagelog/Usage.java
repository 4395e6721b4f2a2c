package io.quotabank.proxy.usagelog;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quotabank.contracts.money.Credits;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One request as its owner sees it. Never which key served it or whose that is.
 *
 * @param id the request's id, as {@code x-request-id} told it
 * @param cost in credits, what is owed for what was delivered
 * @param costMicro the same in micro-credits
 * @param charged in credits, what the ledger took: the cost, or less where its hold had less; null while it is not
 *     settled, and where the ledger does not answer
 * @param chargedMicro the same in micro-credits
 * @param status how it ended
 * @param firstByteMs from its start to the first byte
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Usage(
        UUID id,
        UUID userId,
        @Nullable UUID accessKeyId,
        String operation,
        String model,
        boolean stream,
        String status,
        String metering,
        BigDecimal cost,
        long costMicro,
        @Nullable BigDecimal charged,
        @Nullable Long chargedMicro,
        long priceVersion,
        String tier,
        int markupBasisPoints,
        Tokens tokens,
        Instant startedAt,
        Instant closedAt,
        long latencyMs,
        @Nullable Integer firstByteMs,
        int attempts,
        @Nullable Reason routing,
        @Nullable String clientRequestId) {

    /** The same, with what the ledger charged. */
    Usage charged(@Nullable Credits charge) {
        return new Usage(
                id,
                userId,
                accessKeyId,
                operation,
                model,
                stream,
                status,
                metering,
                cost,
                costMicro,
                charge == null ? null : charge.toDecimal(),
                charge == null ? null : charge.micro(),
                priceVersion,
                tier,
                markupBasisPoints,
                tokens,
                startedAt,
                closedAt,
                latencyMs,
                firstByteMs,
                attempts,
                routing,
                clientRequestId);
    }

    /** By class, overlapping as the provider reports them: cached are part of input, reasoning is part of output. */
    record Tokens(long input, long output, long cacheRead, long cacheCreation, long reasoning) {}

    /** Why the last key was chosen: the strategy, the score and its parts. */
    record Reason(String strategy, float score, float cost, float performance, float reliability, float multiplier) {}
}
