package io.quotabank.proxy.spending;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.lease.LedgerLeases.Statement;
import io.quotabank.contracts.money.Credits;
import io.quotabank.proxy.journal.Journal;
import io.quotabank.proxy.spending.Wallet.Answer;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reserves credits for requests, from leases that the ledger grants. */
public final class Spending {

    /** Every way a reservation can end. */
    public sealed interface Outcome {

        record Reserved(Reservation reservation) implements Outcome {}

        /**
         * The user, or the access key's cap, can't afford it: 402.
         *
         * @param byCap the cap has less than the user
         */
        record Insufficient(Credits available, Credits needed, String tier, boolean byCap) implements Outcome {}

        /** The ledger is away and no lease here has enough: 503. */
        record Unavailable(Duration retryAfter) implements Outcome {}

        /** The journal can't record, so nothing may start: 503. */
        record NotRecording() implements Outcome {}
    }

    /** A slice and the lease it is of. */
    record Held(Lease lease, Slice slice) {}

    /** What came of looking for credits. */
    private sealed interface Found {

        record Credit(Held held) implements Found {}

        record Refusal(Outcome outcome) implements Found {}
    }

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final Journal journal;
    private final Wallets wallets;
    private final Leases leases;
    private final Openings openings;
    private final LeaseProperties settings;

    Spending(Journal journal, Wallets wallets, Leases leases, Openings openings, LeaseProperties settings) {
        this.journal = journal;
        this.wallets = wallets;
        this.leases = leases;
        this.openings = openings;
        this.settings = settings;
    }

    /**
     * Reserves for one request.
     *
     * @param cap of the access key that it came with; null where that has none
     * @param atMost the highest possible cost by tier; asked again when the tier turns out to be another
     */
    public Outcome reserve(UUID requestId, UUID userId, @Nullable SpendingCap cap, Function<String, Credits> atMost) {
        if (!journal.accepting()) {
            return new Outcome.NotRecording();
        }
        return switch (find(requestId, userId, cap, atMost)) {
            case Found.Credit(var held) ->
                new Outcome.Reserved(new Reservation(this, journal, requestId, userId, cap, held));
            case Found.Refusal(var outcome) -> outcome;
        };
    }

    /** More for a request; null where it can't be had. */
    @Nullable
    Held more(UUID requestId, UUID userId, @Nullable SpendingCap cap, Credits more) {
        return find(requestId, userId, cap, tier -> more) instanceof Found.Credit(var held) ? held : null;
    }

    /** Ends a lease at once and says what it spent; empty where it is not held here. */
    Optional<Statement> recall(UUID leaseId) {
        return leases.recall(leaseId);
    }

    void spent(UUID userId, @Nullable SpendingCap cap, Credits taken) {
        var wallet = wallets.of(userId, cap);
        if (wallet != null) {
            wallet.spent(taken, System.nanoTime());
        }
    }

    Credits balance(UUID userId, @Nullable SpendingCap cap) {
        var wallet = wallets.of(userId, cap);
        return wallet == null ? Credits.ZERO : wallet.balance();
    }

    private Found find(UUID requestId, UUID userId, @Nullable SpendingCap cap, Function<String, Credits> atMost) {
        long deadline = System.nanoTime() + settings.patience().toNanos();
        while (true) {
            var wallet = wallets.of(userId, cap);
            if (wallet == null) {
                return away();
            }
            var lease = wallet.lease();
            var need = atMost.apply(lease != null ? lease.tier() : wallet.tier());
            var slice = lease == null || !lease.heeds(cap) ? null : lease.reserve(requestId, need, System.nanoTime());
            if (lease != null && slice != null) {
                wallet.use(System.nanoTime());
                return new Found.Credit(new Held(lease, slice));
            }
            if (System.nanoTime() >= deadline) {
                return away();
            }
            var refusal = refusal(openings.open(wallet, need, deadline), need, cap, atMost);
            if (refusal != null) {
                return refusal;
            }
        }
    }

    /** Null where it is worth looking again. */
    private static @Nullable Found refusal(
            Answer answer, Credits need, @Nullable SpendingCap cap, Function<String, Credits> atMost) {
        return switch (answer) {
            case Answer.Granted granted -> null;
            case Answer.Gone gone -> null;
            case Answer.Away away -> away();
            case Answer.Refused(var available, var tier, var byCap, var capVersion) -> {
                // It may have been refused to another request: one that needed more, that was billed at a dearer
                // tier's mark-up, or that knew an older cap.
                var needed = need.min(atMost.apply(tier));
                boolean outdated = cap != null && capVersion < cap.version();
                // No lease is opened with nothing in it, not even for what costs nothing.
                boolean enough = !available.isZero() && needed.compareTo(available) <= 0;
                yield outdated || enough
                        ? null
                        : new Found.Refusal(new Outcome.Insufficient(available, needed, tier, byCap));
            }
        };
    }

    private static Found away() {
        return new Found.Refusal(new Outcome.Unavailable(RETRY_AFTER));
    }
}
