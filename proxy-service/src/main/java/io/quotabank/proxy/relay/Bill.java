package io.quotabank.proxy.relay;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.proxy.body.Operation;
import io.quotabank.proxy.catalog.PricedModel;
import io.quotabank.proxy.routing.Pick;
import io.quotabank.proxy.spending.Reservation;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request's money from its reservation to its closed record. It goes from reserved to opened to closed, or from
 * reserved to released where nothing was ever sent; a step out of order is a fault. Confined to the request's thread.
 */
final class Bill {

    private enum State {
        RESERVED,
        OPENED,
        ENDED
    }

    private final RelayRequest request;
    private final PricedModel price;
    private final Operation operation;
    private final boolean stream;
    private final Reservation reservation;
    private final int markupBp;
    private final InstantSource clock;
    private final List<UsageEvent.Attempt> attempts = new ArrayList<>(1);
    private int attemptsBegun;
    private UsageEvent.@Nullable Routing routing;
    private @Nullable Long firstByteAtMs;
    private Credits cost = Credits.ZERO;
    private State state = State.RESERVED;

    Bill(
            RelayRequest request,
            PricedModel price,
            Operation operation,
            boolean stream,
            Reservation reservation,
            InstantSource clock) {
        this.request = request;
        this.price = price;
        this.operation = operation;
        this.stream = stream;
        this.reservation = reservation;
        this.markupBp = price.markupBasisPoints(reservation.tier());
        this.clock = clock;
    }

    Credits reserved() {
        return reservation.atMost();
    }

    Credits balance() {
        return reservation.balance();
    }

    /** What was billed; zero until it has ended. */
    Credits cost() {
        return cost;
    }

    Instant now() {
        return clock.instant();
    }

    boolean hasEnded() {
        return state == State.ENDED;
    }

    Credits costOf(TokenUsage tokens) {
        return price.cost(tokens, markupBp);
    }

    Credits listCostOf(TokenUsage tokens) {
        return price.listCost(tokens);
    }

    /** Journals that a call with this key is about to be made; before the first one, that the request opened. */
    void begins(Pick pick) {
        if (state == State.RESERVED) {
            reservation.traceparent(request.traceparent());
            reservation.opened(opened(), price, markupBp);
            state = State.OPENED;
        }
        var key = pick.key();
        reservation.attempt(attemptsBegun++, key.keyId(), key.ownerId(), key.ownerBasisPoints(), key.provider());
        routing = pick.score();
    }

    void ended(UsageEvent.Attempt attempt) {
        attempts.add(attempt);
    }

    /** The first bytes of an answer are on their way to the client. */
    void firstByte() {
        firstByteAtMs = clock.millis();
    }

    @Nullable
    Long firstByteAtMs() {
        return firstByteAtMs;
    }

    void note(TokenUsage delivered) {
        reservation.note(delivered, costOf(delivered), listCostOf(delivered));
    }

    /** Reserves what is missing to a cost; false where that can't be had. */
    boolean covers(Credits sum) {
        var reserved = reservation.atMost();
        return sum.compareTo(reserved) <= 0 || reservation.extend(sum.minus(reserved));
    }

    /** Closes a request that owes the price of these tokens. */
    void close(UsageEvent.Outcome outcome, UsageEvent.Metering metering, TokenUsage tokens) {
        close(outcome, metering, tokens, costOf(tokens));
    }

    /** Closes a request for which its buyer owes nothing. */
    void closeFree(UsageEvent.Outcome outcome) {
        close(outcome, UsageEvent.Metering.NONE, TokenUsage.NONE, Credits.ZERO);
    }

    /** Closes an answer that outgrew what was reserved: nothing beyond that is owed. */
    void closeExhausted(UsageEvent.Metering metering, TokenUsage tokens) {
        close(
                UsageEvent.Outcome.CREDITS_EXHAUSTED,
                metering,
                tokens,
                costOf(tokens).min(reservation.atMost()));
    }

    /** Gives everything back where nothing was sent: the request leaves no record. */
    void release() {
        if (state != State.RESERVED) {
            throw new IllegalStateException("only a request that was not opened leaves no record");
        }
        state = State.ENDED;
        reservation.release();
    }

    /** The last resort for a request that a fault broke off: as its state says, and only if nothing has ended it. */
    void endByRule() {
        if (state == State.RESERVED) {
            release();
        } else if (state == State.OPENED) {
            closeFree(UsageEvent.Outcome.UPSTREAM_FAILED);
        }
    }

    private void close(UsageEvent.Outcome outcome, UsageEvent.Metering metering, TokenUsage tokens, Credits owed) {
        if (state != State.OPENED) {
            throw new IllegalStateException("a request is closed once, after it was opened");
        }
        state = State.ENDED;
        cost = owed;
        reservation.close(new UsageEvent.Closed(
                request.requestId(),
                request.userId(),
                request.caller().accessKeyId(),
                operation.wire(),
                price.model().name(),
                stream,
                price.priceVersion(),
                reservation.tier(),
                markupBp,
                outcome,
                metering,
                tokens,
                owed,
                reservation.funding(),
                attempts,
                routing,
                request.startedAtMs(),
                firstByteAtMs,
                clock.millis(),
                request.clientRequestId()));
    }

    private UsageEvent.Opened opened() {
        return new UsageEvent.Opened(
                request.requestId(),
                request.userId(),
                request.caller().accessKeyId(),
                operation.wire(),
                price.model().name(),
                stream,
                reservation.atMost(),
                request.startedAtMs());
    }
}
