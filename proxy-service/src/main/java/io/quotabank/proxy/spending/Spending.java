package io.quotabank.proxy.spending;

import io.quotabank.contracts.money.Credits;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Function;

/** Reserves credits for requests, from leases that the ledger grants. */
public final class Spending {

    /** Every way a reservation can end. */
    public sealed interface Outcome {

        record Reserved(Reservation reservation) implements Outcome {}

        /** The user can't afford it: 402. */
        record Insufficient(Credits available, Credits needed, String tier) implements Outcome {}

        /** The ledger is away and no lease here has enough: 503. */
        record Unavailable(Duration retryAfter) implements Outcome {}

        /** The journal can't record, so nothing may start: 503. */
        record NotRecording() implements Outcome {}
    }

    /**
     * Reserves for one request.
     *
     * @param atMost the highest possible cost by tier; asked again when the tier turns out to be another
     */
    public Outcome reserve(UUID requestId, UUID userId, Function<String, Credits> atMost) {
        throw new UnsupportedOperationException();
    }
}
