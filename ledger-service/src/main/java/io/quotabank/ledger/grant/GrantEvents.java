package io.quotabank.ledger.grant;

import io.quotabank.contracts.grant.GrantRecord;
import io.quotabank.contracts.grant.GrantRecord.Kind;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.transfer.TransferType;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/** Tells of gifts and expiries, in the transactions that book them, by way of the outbox. */
@Component
class GrantEvents {

    /**
     * @param lot null where a hold gave back what it had of lots that expired before
     * @param type as what it is booked
     */
    record Expired(
            UUID transfer, AccountId account, @Nullable Lot lot, Credits amount, TransferType type) {}

    private final LotStore lots;
    private final ApplicationEventPublisher publisher;
    private final Clock clock;

    GrantEvents(LotStore lots, ApplicationEventPublisher publisher, Clock clock) {
        this.lots = lots;
        this.publisher = publisher;
        this.clock = clock;
    }

    void given(UUID id, AccountId account, Gift gift) {
        given(id, account, id, gift.origin(), gift.amount(), gift.expiresAt());
    }

    /** What was taken back of a gift is given again. */
    void restored(UUID transfer, AccountId account, Lot lot, Credits amount) {
        given(transfer, account, lot.id(), lot.origin(), amount, lot.expiresAt());
    }

    private void given(
            UUID transfer, AccountId account, UUID grant, Origin origin, Credits amount, @Nullable Instant expiresAt) {
        var expiresAtMs = expiresAt == null ? null : expiresAt.toEpochMilli();
        tell(transfer, lots.person(account), Kind.GIVEN, grant, origin, amount, expiresAtMs);
    }

    void expired(List<Expired> all) {
        for (var expired : all) {
            var lot = expired.lot();
            tell(
                    expired.transfer(),
                    lots.person(expired.account()),
                    Kind.EXPIRED,
                    lot == null ? null : lot.id(),
                    lot == null ? null : lot.origin(),
                    expired.amount(),
                    null);
        }
    }

    private void tell(
            UUID transfer,
            UUID person,
            Kind kind,
            @Nullable UUID grant,
            @Nullable Origin origin,
            Credits amount,
            @Nullable Long expiresAtMs) {
        var wire = origin == null ? null : origin.wire();
        publisher.publishEvent(
                new GrantRecord(transfer, person, kind, grant, wire, amount, expiresAtMs, clock.millis()));
    }
}
