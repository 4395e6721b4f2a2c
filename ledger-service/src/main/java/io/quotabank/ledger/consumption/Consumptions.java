package io.quotabank.ledger.consumption;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.action.Actions;
import io.quotabank.ledger.action.Actions.Price;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.idempotency.Idempotency;
import io.quotabank.ledger.idempotency.Idempotency.Claim;
import io.quotabank.ledger.transfer.TransferType;
import io.quotabank.ledger.transfer.Transfers;
import io.quotabank.platform.id.Ids;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.stereotype.Service;

/** Takes credits for what applications did. One transaction each: claim of the key, lock, post, insert. */
@Service
class Consumptions {

    /** @param balance the person's, after it */
    record Consumed(UUID id, Credits consumed, Credits balance) {}

    /** Every way a consumption can end. */
    sealed interface Outcome {
        record Done(Consumed consumed) implements Outcome {}

        /** @param available what is not held by running spending */
        record TooLittle(Credits available, Credits needed) implements Outcome {}

        /** The amount that was named is not the action's price. */
        record PriceDiffers(Credits price) implements Outcome {}

        /** No amount was named, and the action has no price. */
        record NotPriced() implements Outcome {}

        record Reused() implements Outcome {}

        record InFlight() implements Outcome {}
    }

    /** What is to be taken. */
    private record Terms(Credits amount, Price price) {
        @Nullable
        Long chargedVersion() {
            return price.amount() == null ? null : price.version();
        }
    }

    // A price that was changed since it was read writes no row.
    private static final String INSERT = """
            INSERT INTO consumption (id, account, amount, action, price_version, description, application)
            SELECT ?::uuid, ?::bigint, ?::bigint, ?::text, ?::bigint, ?::text, ?::text
            WHERE NOT EXISTS (SELECT FROM priced_action WHERE name = ? AND version > ?)
            """;

    private final Accounts accounts;
    private final Grants grants;
    private final Actions actions;
    private final Transfers transfers;
    private final Idempotency idempotency;
    private final Ids ids;

    Consumptions(
            Accounts accounts, Grants grants, Actions actions, Transfers transfers, Idempotency idempotency, Ids ids) {
        this.accounts = accounts;
        this.grants = grants;
        this.actions = actions;
        this.transfers = transfers;
        this.idempotency = idempotency;
        this.ids = ids;
    }

    /**
     * @param application whose consumption it is, and whose the keys are
     * @param key the application's idempotency key, if there is one; the order is one as well
     */
    Outcome consume(Consume consume, String application, @Nullable String key) {
        var claim = new Claim(application, consume.keys(key), consume.digest());
        var id = ids.next();
        // Before the transaction: both may open accounts.
        var person = grants.welcome(consume.userId());
        var consumed = accounts.open(shardOf(id));
        return transfers.inTransaction(() -> {
            var known = idempotency.known(claim, Consumed.class);
            return known.isPresent() ? again(known.get()) : first(consume, claim, id, person, consumed);
        });
    }

    /** Where a consumption's credits are, and a refund of it finds them. */
    static AccountCode shardOf(UUID consumption) {
        return AccountCode.consumed((int) (consumption.getLeastSignificantBits() & (AccountCode.CONSUMED_SHARDS - 1)));
    }

    private static Outcome again(Idempotency.Outcome<Consumed> known) {
        return switch (known) {
            case Idempotency.Outcome.Done<Consumed>(Consumed consumed) -> new Outcome.Done(consumed);
            case Idempotency.Outcome.Reused<Consumed> reused -> new Outcome.Reused();
            case Idempotency.Outcome.InFlight<Consumed> inFlight -> new Outcome.InFlight();
        };
    }

    private Outcome first(Consume consume, Claim claim, UUID id, AccountId person, AccountId consumed) {
        var price = actions.remembered(consume.action());
        var refusal = refusal(consume, price);
        if (refusal != null) {
            // Only what is in force now may refuse.
            price = actions.current(consume.action());
            refusal = refusal(consume, price);
        }
        return refusal != null ? refusal : post(consume, claim, id, person, consumed, terms(consume, price));
    }

    private static @Nullable Outcome refusal(Consume consume, Price price) {
        if (price.amount() == null) {
            return consume.amount() == null ? new Outcome.NotPriced() : null;
        }
        return consume.amount() == null || consume.amount().equals(price.amount())
                ? null
                : new Outcome.PriceDiffers(price.amount());
    }

    private static Terms terms(Consume consume, Price price) {
        return new Terms(Objects.requireNonNull(price.amount() == null ? consume.amount() : price.amount()), price);
    }

    private Outcome post(Consume consume, Claim claim, UUID id, AccountId person, AccountId consumed, Terms terms) {
        var books = transfers.lock(List.of(person, consumed));
        if (books.available(person).compareTo(terms.amount()) < 0) {
            return new Outcome.TooLittle(books.available(person), terms.amount());
        }
        books.transfer(id, person, consumed, terms.amount(), TransferType.CONSUME, null);
        transfers.post(books);
        var answer = new Consumed(id, terms.amount(), books.posted(person));
        int written = idempotency.keepWith(claim, answer, INSERT, (statement, first) -> {
            int next = first;
            statement.setObject(next++, id);
            statement.setLong(next++, person.value());
            statement.setLong(next++, terms.amount().micro());
            statement.setString(next++, consume.action());
            statement.setObject(next++, terms.chargedVersion());
            statement.setString(next++, consume.description());
            statement.setString(next++, claim.caller());
            statement.setString(next++, consume.action());
            statement.setLong(next, terms.price().version());
        });
        if (written == 0) {
            actions.current(consume.action());
            // Makes the transaction begin again, with the price as it is now.
            throw new PessimisticLockingFailureException("the price of " + consume.action() + " has changed");
        }
        return new Outcome.Done(answer);
    }
}
