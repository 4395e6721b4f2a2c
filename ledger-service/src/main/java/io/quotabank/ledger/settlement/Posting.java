package io.quotabank.ledger.settlement;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.BrokenRuleException;
import io.quotabank.ledger.hold.Hold;
import io.quotabank.ledger.transfer.Books;
import io.quotabank.ledger.transfer.TransferType;
import io.quotabank.platform.id.Ids;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** The arithmetic of one batch, between the locks and the statements that write it. */
final class Posting {

    /** @param backed how much of it holds had of grants that have expired */
    private record Charged(List<Credits> charges, Credits backed) {}

    private final Books books;
    private final Map<AccountCode, AccountId> accounts;
    private final Map<UUID, Hold> before;
    private final Map<UUID, Hold> changed = new HashMap<>();
    private final Ids ids;
    private final List<Settled> settled = new ArrayList<>();

    private final AccountId clearing;
    private final AccountId platformLoss;
    private final int shard;

    // What clearing has to pass on at the end of the batch.
    private Credits loss = Credits.ZERO;
    private Credits platform = Credits.ZERO;
    private final Map<UUID, Credits> owners = new TreeMap<>();

    /** @param shard whose accounts the batch gathers in */
    Posting(Books books, Map<AccountCode, AccountId> accounts, Map<UUID, Hold> holds, Ids ids, int shard) {
        this.books = books;
        this.accounts = accounts;
        this.before = holds;
        this.ids = ids;
        this.shard = shard;
        clearing = account(accounts, AccountCode.clearing(shard));
        platformLoss = account(accounts, AccountCode.platformLoss(shard));
    }

    /** Charges the buyer, and notes who is to get what. */
    void settle(Usage usage) {
        var buyer = account(accounts, AccountCode.user(usage.event().userId()));
        var charged = charge(usage, buyer);
        var charges = charged.charges();
        var charge = charges.stream().reduce(Credits.ZERO, Credits::plus);
        if (!charge.isZero()) {
            books.settle(usage.request(), buyer, clearing, charge, charged.backed(), TransferType.PROXY_USAGE, null);
        }
        var row = new Settled(usage, buyer, charge, charges);
        settled.add(row);

        loss = loss.plus(row.loss());
        platform = platform.plus(usage.platformPart());
        partsByOwner(usage).forEach((owner, part) -> owners.merge(owner, part, Credits::plus));
    }

    private Charged charge(Usage usage, AccountId buyer) {
        for (var funding : usage.event().funding()) {
            var hold = before.get(funding.hold());
            if (hold != null && !hold.account().equals(buyer)) {
                throw new BrokenRuleException("it is paid from another user's hold");
            }
        }
        var charges = usage.charges(this::left);
        var backed = Credits.ZERO;
        for (int i = 0; i < charges.size(); i++) {
            if (!charges.get(i).isZero()) {
                var id = usage.event().funding().get(i).hold();
                var now = current(id);
                var after = now.settle(charges.get(i));
                backed = backed.plus(after.backedCharge(now));
                changed.put(id, after);
            }
        }
        return new Charged(charges, backed);
    }

    /** Passes on what clearing got: it ends where it began. */
    void net() {
        move(platformLoss, clearing, loss, TransferType.PROXY_LOSS);
        move(clearing, account(accounts, AccountCode.revenue(shard)), platform, TransferType.PROXY_REVENUE);
        owners.forEach((owner, part) -> move(clearing, earnings(owner), part, TransferType.PROXY_ACCRUAL));
    }

    /** What owners get from the platform for a further closing record. */
    void correct(Usage usage, Map<UUID, Credits> extras) {
        extras.forEach((owner, extra) -> books.transfer(
                ids.next(), platformLoss, earnings(owner), extra, TransferType.PROXY_CORRECTION, usage.request()));
    }

    private AccountId earnings(UUID owner) {
        return account(accounts, AccountCode.earnings(owner, shard));
    }

    private void move(AccountId debit, AccountId credit, Credits amount, TransferType type) {
        if (!amount.isZero()) {
            books.transfer(ids.next(), debit, credit, amount, type, null);
        }
    }

    static Map<UUID, Credits> partsByOwner(Usage usage) {
        var parts = new LinkedHashMap<UUID, Credits>();
        for (int i = 0; i < usage.ownerParts().size(); i++) {
            var owner = usage.event().attempts().get(i).ownerId();
            var part = usage.ownerParts().get(i);
            if (owner != null && !part.isZero()) {
                parts.merge(owner, part, Credits::plus);
            }
        }
        return parts;
    }

    static AccountId account(Map<AccountCode, AccountId> accounts, AccountCode code) {
        var account = accounts.get(code);
        if (account == null) {
            throw new IllegalStateException("account " + code.text() + " was not opened");
        }
        return account;
    }

    private Credits left(UUID hold) {
        return before.containsKey(hold) ? current(hold).left() : Credits.ZERO;
    }

    private Hold current(UUID id) {
        var now = changed.get(id);
        var hold = now != null ? now : before.get(id);
        if (hold == null) {
            throw new IllegalStateException("hold " + id + " was not read");
        }
        return hold;
    }

    List<Settled> settled() {
        return settled;
    }

    Collection<Hold> changedHolds() {
        return changed.values();
    }

    Hold before(UUID id) {
        var hold = before.get(id);
        if (hold == null) {
            throw new IllegalStateException("hold " + id + " was not read");
        }
        return hold;
    }

    Credits loss() {
        return loss;
    }
}
