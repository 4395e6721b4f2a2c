package io.quotabank.ledger.consumption;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.consumption.RefundStore.Booked;
import io.quotabank.ledger.consumption.RefundStore.Consumption;
import io.quotabank.ledger.debt.Debts;
import io.quotabank.ledger.debt.Debts.Locked;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.group.GroupCommit;
import io.quotabank.ledger.group.Turn;
import io.quotabank.ledger.idempotency.Idempotency;
import io.quotabank.ledger.idempotency.Idempotency.Claim;
import io.quotabank.ledger.idempotency.Idempotency.Outcome;
import io.quotabank.ledger.idempotency.Idempotency.Outcome.Done;
import io.quotabank.ledger.idempotency.IdempotencyBatch;
import io.quotabank.ledger.text.Text;
import io.quotabank.ledger.transfer.TransferType;
import io.quotabank.ledger.transfer.Transfers;
import io.quotabank.platform.id.Ids;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/**
 * Gives back what was consumed, whole or in part, once: as if only the rest had been consumed. So what was taken last comes
 * back first, and each gift gets back what it gave, with its own time. What goes back to a gift whose time is over is
 * booked as expired at once; what was paid credits pays a debt first. Those that are asked for at the same time share a
 * transaction.
 */
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
            Text.optional("reason", reason, Consume.LONGEST_TEXT);
        }

        String digest() {
            return Idempotency.digest("refund|" + consumption + "|" + amount + "|" + Consume.sized(reason));
        }
    }

    /** Every way a refund can end, unless its key says it. */
    sealed interface Answer {}

    /**
     * @param balance the person's, after it
     * @param expired of what was refunded: of gifts whose time is over; null in answers of the release before
     */
    record Refunded(
            UUID id,
            Credits refunded,
            Credits balance,
            @Nullable Credits expired) implements Answer {}

    record Unknown() implements Answer {}

    /** Another application made the consumption. */
    record NotYours() implements Answer {}

    record RefundedBefore() implements Answer {}

    record TooMuch(Credits consumed) implements Answer {}

    /** @param consumed where the consumption's credits are, if there is one */
    record Request(Refund refund, Claim claim, AccountId consumed) {}

    /** One that is not more than was consumed. */
    private record Due(
            Turn<Request, Outcome<Answer>> turn, Consumption consumption, Credits amount, List<Grants.Part> back) {

        static Due of(Turn<Request, Outcome<Answer>> turn, Consumption consumption) {
            var asked = turn.asked().refund().amount();
            var amount = asked == null ? consumption.amount() : asked;
            var back = amount.compareTo(consumption.amount()) > 0 ? List.<Grants.Part>of() : consumption.back(amount);
            return new Due(turn, consumption, amount, back);
        }

        boolean tooMuch() {
            return amount.compareTo(consumption.amount()) > 0;
        }
    }

    // Each may take some statements of its own, to give back to gifts.
    private static final int MOST_TOGETHER = 50;

    private static final Grants.Returned NOTHING = new Grants.Returned(Credits.ZERO, Credits.ZERO);

    /** Who come while others are under way wait here. */
    final GroupCommit<Request, Outcome<Answer>> together;

    private final Accounts accounts;
    private final Grants grants;
    private final Debts debts;
    private final Transfers transfers;
    private final IdempotencyBatch idempotency;
    private final RefundStore store;
    private final Ids ids;

    Refunds(
            Accounts accounts,
            Grants grants,
            Debts debts,
            Transfers transfers,
            IdempotencyBatch idempotency,
            RefundStore store,
            Ids ids) {
        this.accounts = accounts;
        this.grants = grants;
        this.debts = debts;
        this.transfers = transfers;
        this.idempotency = idempotency;
        this.store = store;
        this.ids = ids;
        this.together = new GroupCommit<>(transfers, this::refund, MOST_TOGETHER);
    }

    /**
     * @param application that asks, and whose the key is
     * @param key its idempotency key, if there is one
     */
    Outcome<Answer> refund(Refund refund, String application, @Nullable String key) {
        var claim = new Claim(application, key == null ? List.of() : List.of(key), refund.digest());
        // Before the transaction: it may open the account.
        var consumed = accounts.open(Consumptions.shardOf(refund.consumption()));
        return together.submit(new Request(refund, claim, consumed));
    }

    private void refund(List<Turn<Request, Outcome<Answer>>> turns) {
        var found = store.consumptions(turns.stream()
                .map(turn -> turn.asked().refund().consumption())
                .distinct()
                .toList());
        for (var turn : turns) {
            var consumption = found.get(turn.asked().refund().consumption());
            if (consumption == null) {
                turn.answer(new Done<>(new Unknown()));
            } else if (!consumption.application().equals(turn.asked().claim().caller())) {
                turn.answer(new Done<>(new NotYours()));
            }
        }
        idempotency.once(turns, Request::claim, Refunded.class, fresh -> {
            var due = due(fresh, found);
            var free = transfers.lockFree(
                    due,
                    each -> List.of(each.consumption().account()),
                    shared(due),
                    each -> each.turn().putOff());
            if (!free.requests().isEmpty()) {
                book(free.requests(), debts.lockOwed(free.books()));
            }
        });
    }

    /** Those that are not more than was consumed; the others are refused. */
    private static List<Due> due(List<Turn<Request, Outcome<Answer>>> turns, Map<UUID, Consumption> found) {
        var due = new ArrayList<Due>(turns.size());
        for (var turn : turns) {
            var consumption =
                    Objects.requireNonNull(found.get(turn.asked().refund().consumption()));
            var each = Due.of(turn, consumption);
            if (each.tooMuch()) {
                turn.answer(new Done<>(new TooMuch(consumption.amount())));
            } else {
                due.add(each);
            }
        }
        return due;
    }

    private void book(List<Due> all, Locked locked) {
        // Rivals waited for the person's row, and now see the first one's refund.
        var before = store.refunded(
                all.stream().map(due -> due.consumption().id()).distinct().toList());
        var booked = new ArrayList<Booked>(all.size());
        for (var due : all) {
            if (before.add(due.consumption().id())) {
                booked.add(book(locked, due));
            } else {
                due.turn().answer(new Done<>(new RefundedBefore()));
            }
        }
        transfers.post(locked.books());
        if (!booked.isEmpty()) {
            store.insert(booked);
        }
    }

    private List<AccountId> shared(List<Due> all) {
        var shared = new ArrayList<AccountId>();
        all.forEach(due -> shared.add(due.turn().asked().consumed()));
        if (all.stream().anyMatch(due -> !due.back().isEmpty())) {
            shared.add(grants.issued());
        }
        return shared;
    }

    private Booked book(Locked locked, Due due) {
        var books = locked.books();
        var person = due.consumption().account();
        var asked = due.turn().asked();
        var id = ids.next();
        books.transfer(
                id,
                asked.consumed(),
                person,
                due.amount(),
                TransferType.CONSUME_REFUND,
                due.consumption().id());
        var returned = due.back().isEmpty() ? NOTHING : grants.giveBack(books, person, due.back());
        debts.pay(locked, person, due.amount().minus(returned.toLots()));
        var answer = new Refunded(id, due.amount(), books.posted(person), returned.expired());
        due.turn().answer(new Done<>(answer));
        return new Booked(asked.refund(), answer, returned);
    }
}
