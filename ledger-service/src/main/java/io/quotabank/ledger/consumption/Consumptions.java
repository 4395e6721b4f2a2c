package io.quotabank.ledger.consumption;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.action.Actions;
import io.quotabank.ledger.action.Actions.Price;
import io.quotabank.ledger.batch.RoundTrip;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.group.GroupCommit;
import io.quotabank.ledger.group.Turn;
import io.quotabank.ledger.idempotency.Idempotency.Claim;
import io.quotabank.ledger.idempotency.Idempotency.Outcome;
import io.quotabank.ledger.idempotency.Idempotency.Outcome.Done;
import io.quotabank.ledger.idempotency.IdempotencyBatch;
import io.quotabank.ledger.transfer.Books;
import io.quotabank.ledger.transfer.TransferType;
import io.quotabank.ledger.transfer.Transfers;
import io.quotabank.platform.id.Ids;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;

/**
 * Takes credits for what applications did: claims of the keys, locks, transfers, rows, in one transaction for all that come
 * at the same time.
 */
@Service
class Consumptions {

    /** Every way a consumption can end, unless its key says it. */
    sealed interface Answer {}

    /** @param balance the person's, after it */
    record Consumed(UUID id, Credits consumed, Credits balance) implements Answer {}

    /** @param available what is not held by running spending */
    record TooLittle(Credits available, Credits needed) implements Answer {}

    /** The amount that was named is not the action's price. */
    record PriceDiffers(Credits price) implements Answer {}

    /** No amount was named, and the action has no price. */
    record NotPriced() implements Answer {}

    /** Nobody of this id has signed in yet, nor has anything. */
    record Unknown() implements Answer {}

    /** What is to be taken. */
    private record Terms(Credits amount, Price price) {
        @Nullable
        Long chargedVersion() {
            return price.amount() == null ? null : price.version();
        }
    }

    /** @param shard of those that consumed credits are spread over, and its account: all of a transaction use the first's */
    private record Request(Consume consume, Claim claim, AccountId person, int shard, AccountId consumed) {}

    /** One whose price is known. */
    private record Charge(Turn<Request, Outcome<Answer>> turn, Terms terms) {}

    /**
     * One that the books have room for.
     *
     * @param spent what had been spent of the person's gifts before it, and since they were last counted
     * @param given how much of it is of gifts
     */
    private record Taken(Request request, Terms terms, Credits spent, Credits given, Consumed answer) {}

    private static final int MOST_TOGETHER = 200;

    // A price that was changed since it was read writes no row. Gifts are looked at where some of it is of gifts; this
    // statement has to begin under the lock of the accounts' rows.
    private static final String INSERT = """
            INSERT INTO consumption (id, account, amount, action, price_version, description, application, lots, parts)
            SELECT x.id, x.account, x.amount, x.action, x.charged_version, x.description, x.application, t.lots, t.parts
            FROM unnest(?::uuid[], ?::bigint[], ?::bigint[], ?::text[], ?::bigint[], ?::text[], ?::text[], ?::bigint[],
                        ?::bigint[], ?::bigint[])
                AS x (id, account, amount, action, charged_version, description, application, version, spent, given),
                lots_taken(x.account, x.spent, x.given) AS t
            WHERE NOT EXISTS (SELECT FROM priced_action p WHERE p.name = x.action AND p.version > x.version)
            """;

    private final Accounts accounts;
    private final Grants grants;
    private final Actions actions;
    private final Transfers transfers;
    private final IdempotencyBatch idempotency;
    private final JdbcTemplate jdbc;
    private final Ids ids;
    private final GroupCommit<Request, Outcome<Answer>> together;

    Consumptions(
            Accounts accounts,
            Grants grants,
            Actions actions,
            Transfers transfers,
            IdempotencyBatch idempotency,
            JdbcTemplate jdbc,
            Ids ids) {
        this.accounts = accounts;
        this.grants = grants;
        this.actions = actions;
        this.transfers = transfers;
        this.idempotency = idempotency;
        this.jdbc = jdbc;
        this.ids = ids;
        this.together = new GroupCommit<>(transfers, this::consume, MOST_TOGETHER);
    }

    /**
     * @param application whose consumption it is, and whose the keys are
     * @param key the application's idempotency key, if there is one; the order is one as well
     */
    Outcome<Answer> consume(Consume consume, String application, @Nullable String key) {
        var claim = new Claim(application, consume.keys(key), consume.digest());
        var person = grants.known(consume.userId());
        if (person.isEmpty()) {
            return new Done<>(new Unknown());
        }
        int shard = ThreadLocalRandom.current().nextInt(AccountCode.CONSUMED_SHARDS);
        // Before the transaction: it may open the account.
        var consumed = accounts.open(AccountCode.consumed(shard));
        return together.submit(new Request(consume, claim, person.get(), shard, consumed));
    }

    /** Where a consumption's credits are, and a refund of it finds them. */
    static AccountCode shardOf(UUID consumption) {
        return AccountCode.consumed((int) (consumption.getLeastSignificantBits() & (AccountCode.CONSUMED_SHARDS - 1)));
    }

    private void consume(List<Turn<Request, Outcome<Answer>>> turns) {
        idempotency.once(turns, Request::claim, Consumed.class, fresh -> {
            var charges = priced(fresh);
            if (!charges.isEmpty()) {
                charge(charges, charges.getFirst().turn().asked());
            }
        });
    }

    /** @param first whose shard all use */
    private void charge(List<Charge> charges, Request first) {
        var free = transfers.lockFree(
                charges,
                charge -> List.of(charge.turn().asked().person()),
                List.of(first.consumed()),
                charge -> charge.turn().putOff());
        if (!free.requests().isEmpty()) {
            var writes = new RoundTrip();
            var taken = take(free.requests(), free.books(), first);
            transfers.post(free.books(), writes);
            write(taken, writes);
            writes.run(jdbc);
        }
    }

    private List<Charge> priced(List<Turn<Request, Outcome<Answer>>> turns) {
        var charges = new ArrayList<Charge>(turns.size());
        for (var turn : turns) {
            var consume = turn.asked().consume();
            var price = actions.remembered(consume.action());
            var refusal = refusal(consume, price);
            if (refusal != null) {
                // Only what is in force now may refuse.
                price = actions.current(consume.action());
                refusal = refusal(consume, price);
            }
            if (refusal == null) {
                charges.add(new Charge(turn, terms(consume, price)));
            } else {
                turn.answer(new Done<>(refusal));
            }
        }
        return charges;
    }

    private static @Nullable Answer refusal(Consume consume, Price price) {
        if (price.amount() == null) {
            return consume.amount() == null ? new NotPriced() : null;
        }
        return consume.amount() == null || consume.amount().equals(price.amount())
                ? null
                : new PriceDiffers(price.amount());
    }

    private static Terms terms(Consume consume, Price price) {
        return new Terms(Objects.requireNonNull(price.amount() == null ? consume.amount() : price.amount()), price);
    }

    /** In their order, each from what those before it left; those that find too little are refused. */
    private List<Taken> take(List<Charge> charges, Books books, Request first) {
        int shard = first.shard();
        var consumed = first.consumed();
        var taken = new ArrayList<Taken>(charges.size());
        for (var charge : charges) {
            var request = charge.turn().asked();
            var person = request.person();
            var amount = charge.terms().amount();
            var available = books.available(person);
            if (available.compareTo(amount) < 0) {
                charge.turn().answer(new Done<>(new TooLittle(available, amount)));
            } else {
                var id = idIn(shard);
                var spent = books.unspread(person);
                var given = books.given(person, amount);
                books.transfer(id, person, consumed, amount, TransferType.CONSUME, null);
                var answer = new Consumed(id, amount, books.posted(person));
                taken.add(new Taken(request, charge.terms(), spent, given, answer));
                charge.turn().answer(new Done<>(answer));
            }
        }
        return taken;
    }

    private UUID idIn(int shard) {
        var id = ids.next();
        return new UUID(
                id.getMostSignificantBits(), (id.getLeastSignificantBits() & -AccountCode.CONSUMED_SHARDS) | shard);
    }

    private void write(List<Taken> taken, RoundTrip writes) {
        if (taken.isEmpty()) {
            return;
        }
        writes.update(
                INSERT,
                columns -> columns.uuids(taken, each -> each.answer().id())
                        .longs(taken, each -> each.request().person().value())
                        .longs(taken, each -> each.answer().consumed().micro())
                        .texts(taken, each -> each.request().consume().action())
                        .numbers(taken, each -> each.terms().chargedVersion())
                        .texts(taken, each -> each.request().consume().description())
                        .texts(taken, each -> each.request().claim().caller())
                        .longs(taken, each -> each.terms().price().version())
                        .longs(taken, each -> each.spent().micro())
                        .longs(taken, each -> each.given().micro()),
                written -> {
                    if (written != taken.size()) {
                        taken.forEach(
                                each -> actions.current(each.request().consume().action()));
                        // Makes the transaction begin again, with the prices as they are now.
                        throw new PessimisticLockingFailureException("the price of an action has changed");
                    }
                });
    }
}
