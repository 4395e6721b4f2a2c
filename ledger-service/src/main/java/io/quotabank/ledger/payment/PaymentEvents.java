package io.quotabank.ledger.payment;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.payment.PaymentRecord;
import io.quotabank.platform.id.Ids;
import java.time.Clock;
import java.util.UUID;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/** Tells what became of payments, in the transaction that does it. */
@Component
class PaymentEvents {

    private final ApplicationEventPublisher events;
    private final Ids ids;
    private final Clock clock;

    PaymentEvents(ApplicationEventPublisher events, Ids ids, Clock clock) {
        this.events = events;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * @param credits that moved
     * @param owed of them that became a debt
     */
    void tell(Payment payment, UUID person, PaymentRecord.Kind kind, Credits credits, Credits owed) {
        events.publishEvent(new PaymentRecord(
                ids.next(),
                payment.id(),
                payment.order(),
                person,
                kind,
                payment.provider().wire(),
                payment.amountFen(),
                payment.currency(),
                credits,
                owed,
                clock.millis()));
    }
}
