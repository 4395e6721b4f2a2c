package io.quotabank.ledger.grant;

import io.quotabank.contracts.grant.GrantRecord;
import io.quotabank.contracts.grant.GrantRecord.Kind;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/** Tells of gifts and expiries, in the transactions that book them, by way of the outbox. */
@Component
class GrantEvents {

    /** @param lot null where a hold gave back what it had of lots that expired before */
    record Expired(
            UUID transfer, AccountId account, @Nullable Lot lot, Credits amount) {}

    private final LotStore lots;
    private final ApplicationEventPublisher publisher;
    private final Clock clock;

    GrantEvents(LotStore lots, ApplicationEventPublisher publisher, Clock clock) {
        this.lots = lots;
        this.publisher = publisher;
        this.clock = clock;
    }

    void given(UUID id, AccountId account, Gift gift) {
        var expiresAt = gift.expiresAt();
        tell(
                id,
                lots.person(account),
                Kind.GIVEN,
                id,
                gift.origin(),
                gift.amount(),
                expiresAt == null ? null : expiresAt.toEpochMilli());
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
