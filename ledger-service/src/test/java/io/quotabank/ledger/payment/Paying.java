package io.quotabank.ledger.payment;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.idempotency.Idempotency;
import io.quotabank.ledger.payment.PaymentOrder.State;
import io.quotabank.ledger.paymentprovider.PaymentProvider;
import io.quotabank.ledger.paymentprovider.PaymentProvider.DisputeState;
import io.quotabank.ledger.paymentprovider.PaymentProvider.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** Orders and what a provider says of them once it is verified, without the provider, for tests of other features. */
public final class Paying {

    private static final UUID PACKAGE = UUID.fromString("01990000-0000-7000-8000-000000010000");

    /** An order that its buyer can pay. */
    public static UUID order(Ledger ledger, UUID person, long fen, Credits credits) {
        var id = TestUsage.IDS.next();
        var now = Instant.now();
        var order = new PaymentOrder(
                id,
                ledger.bean(Accounts.class).open(AccountCode.user(person)),
                person,
                PaymentProvider.Name.STRIPE,
                PACKAGE,
                fen,
                credits,
                null,
                Idempotency.digest(id.toString()),
                State.PENDING,
                null,
                null,
                null,
                now,
                now.plus(Duration.ofHours(1)));
        ledger.bean(OrderStore.class).insert(order, Duration.ofHours(1));
        return id;
    }

    /**
     * One that is paid, by a payment that is named for it.
     *
     * @throws IllegalStateException where it was not booked
     */
    public static UUID paid(Ledger ledger, UUID person, long fen, Credits credits) {
        var order = order(ledger, person, fen, credits);
        pay(ledger, order, fen);
        return order;
    }

    /** Pays it, as {@link #paid} does. */
    public static void pay(Ledger ledger, UUID order, long fen) {
        var told = take(ledger, new Event.Paid(order, "t" + order, fen, "CNY"));
        if (!told.equals("Booked")) {
            throw new IllegalStateException(told);
        }
    }

    /** The one dispute of an order's payment. */
    public static void dispute(Ledger ledger, UUID order, long fen, DisputeState state) {
        take(ledger, new Event.Disputed("t" + order, "d" + order, fen, state));
    }

    /** What became of it: {@code Booked}, {@code Noted} or {@code Unknown}. */
    public static String take(Ledger ledger, Event event) {
        return ledger.bean(Payments.class)
                .take(PaymentProvider.Name.STRIPE, event)
                .getClass()
                .getSimpleName();
    }

    private Paying() {}
}
