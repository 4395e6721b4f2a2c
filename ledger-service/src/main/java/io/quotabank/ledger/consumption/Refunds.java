package io.quotabank.ledger.consumption;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.idempotency.Idempotency;
import io.quotabank.ledger.idempotency.Idempotency.Claim;
import io.quotabank.ledger.transfer.TransferType;
import io.quotabank.ledger.transfer.Transfers;
import io.quotabank.platform.id.Ids;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;

/** Gives back what was consumed, whole or in part, once. */
@Service
class Refunds {

    /**
     * @param amount null for all of it
     * @param reason up to 500 characters
     */
    record Refund(
            UUID consumption,
            @Nullable Credits amount,
            @Nullable String reason) {

        Refund {
            if (amount != null && amount.isZero()) {
                throw new IllegalArgumentException("amount is above zero");
            }
            Consume.checkText("reason", reason);
        }

        String digest() {
            return Idempotency.digest("refund|" + consumption + "|" + amount + "|" + Consume.sized(reason));
        }
    }

    /** @param balance the person's, after it */
    record Refunded(UUID id, Credits refunded, Credits balance) {}

    /** Every way a refund can end. */
    sealed interface Outcome {
        record Done(Refunded refunded) implements Outcome {}

        record Unknown() implements Outcome {}

        /** Another application made the consumption. */
        record NotYours() implements Outcome {}

        record RefundedBefore() implements Outcome {}

        record TooMuch(Credits consumed) implements Outcome {}

        record Reused() implements Outcome {}

        record InFlight() implements Outcome {}
    }

    private record Consumption(UUID id, AccountId account, Credits amount, String application) {}

    private static final String FIND = "SELECT account, amount, application FROM consumption WHERE id = ?";

    private static final String REFUNDED = "SELECT count(*) FROM consumption_refund WHERE consumption = ?";

    private static final String INSERT = """
            INSERT INTO consumption_refund (consumption, transfer, amount, reason)
            VALUES (?::uuid, ?::uuid, ?::bigint, ?::text)
            """;

    private final Accounts accounts;
    private final Transfers transfers;
    private final Idempotency idempotency;
    private final JdbcTemplate jdbc;
    private final Ids ids;

    Refunds(Accounts accounts, Transfers transfers, Idempotency idempotency, JdbcTemplate jdbc, Ids ids) {
        this.accounts = accounts;
        this.transfers = transfers;
        this.idempotency = idempotency;
        this.jdbc = jdbc;
        this.ids = ids;
    }

    /**
     * @param application that asks, and whose the key is
     * @param key its idempotency key, if there is one
     */
    Outcome refund(Refund refund, String application, @Nullable String key) {
        var claim = new Claim(application, key == null ? List.of() : List.of(key), refund.digest());
        var found = find(refund.consumption());
        if (found.isEmpty()) {
            return new Outcome.Unknown();
        }
        var consumption = found.get();
        if (!consumption.application().equals(application)) {
            return new Outcome.NotYours();
        }
        var consumed = accounts.open(Consumptions.shardOf(consumption.id()));
        return transfers.inTransaction(() -> {
            var known = idempotency.known(claim, Refunded.class);
            return known.isPresent() ? again(known.get()) : first(refund, claim, consumption, consumed);
        });
    }

    private static Outcome again(Idempotency.Outcome<Refunded> known) {
        return switch (known) {
            case Idempotency.Outcome.Done<Refunded>(Refunded refunded) -> new Outcome.Done(refunded);
            case Idempotency.Outcome.Reused<Refunded> reused -> new Outcome.Reused();
            case Idempotency.Outcome.InFlight<Refunded> inFlight -> new Outcome.InFlight();
        };
    }

    private Outcome first(Refund refund, Claim claim, Consumption consumption, AccountId consumed) {
        var amount = refund.amount() == null ? consumption.amount() : refund.amount();
        if (amount.compareTo(consumption.amount()) > 0) {
            return new Outcome.TooMuch(consumption.amount());
        }
        var person = consumption.account();
        // Rivals wait for the person's row here, and then see the first one's refund.
        var books = transfers.lock(List.of(person, consumed));
        if (refunded(consumption.id())) {
            return new Outcome.RefundedBefore();
        }
        var id = ids.next();
        books.transfer(id, consumed, person, amount, TransferType.CONSUME_REFUND, consumption.id());
        transfers.post(books);
        var answer = new Refunded(id, amount, books.posted(person));
        idempotency.keepWith(claim, answer, INSERT, (statement, first) -> {
            statement.setObject(first, consumption.id());
            statement.setObject(first + 1, id);
            statement.setLong(first + 2, amount.micro());
            statement.setString(first + 3, refund.reason());
        });
        return new Outcome.Done(answer);
    }

    private Optional<Consumption> find(UUID id) {
        return jdbc
                .query(
                        FIND,
                        (row, index) -> new Consumption(
                                id, new AccountId(row.getLong(1)), new Credits(row.getLong(2)), row.getString(3)),
                        id)
                .stream()
                .findFirst();
    }

    private boolean refunded(UUID consumption) {
        var count = jdbc.queryForObject(REFUNDED, Long.class, consumption);
        return count != null && count > 0;
    }
}
