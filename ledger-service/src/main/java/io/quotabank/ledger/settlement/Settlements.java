package io.quotabank.ledger.settlement;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Funding;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.account.BrokenRuleException;
import io.quotabank.ledger.batch.RoundTrip;
import io.quotabank.ledger.hold.Hold;
import io.quotabank.ledger.hold.Holds;
import io.quotabank.ledger.settlement.SettlementStore.Known;
import io.quotabank.ledger.transfer.Books;
import io.quotabank.ledger.transfer.Transfers;
import io.quotabank.platform.id.Ids;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;

/**
 * Settles batches of closing records, each in one transaction, by the rules of docs/settlement.md. The first closing
 * record of a request settles it; the same one again changes nothing; a different one is a correction between its
 * owners and the platform.
 */
@Service
class Settlements {

    /** What a batch came to. */
    record Summary(int settled, int duplicates, int corrections, Credits loss) {}

    /** What the books say of a batch under its locks. */
    private record Found(Books books, Map<UUID, Known> known, Map<UUID, Hold> holds) {}

    private record Sorted(Map<UUID, Usage> fresh, int duplicates, List<Usage> different) {}

    private final Accounts accounts;
    private final Transfers transfers;
    private final Holds holds;
    private final SettlementStore store;
    private final CorrectionStore corrections;
    private final Ids ids;
    private final JdbcTemplate jdbc;

    Settlements(
            Accounts accounts,
            Transfers transfers,
            Holds holds,
            SettlementStore store,
            CorrectionStore corrections,
            Ids ids,
            JdbcTemplate jdbc) {
        this.accounts = accounts;
        this.transfers = transfers;
        this.holds = holds;
        this.store = store;
        this.corrections = corrections;
        this.ids = ids;
        this.jdbc = jdbc;
    }

    /**
     * All or nothing.
     *
     * @throws BrokenRuleException where an event breaks a rule that only the books can tell
     */
    Summary settle(List<Usage> batch) {
        if (batch.isEmpty()) {
            return new Summary(0, 0, 0, Credits.ZERO);
        }
        // One of the batch's own partitions, which nobody else has now: batches of other threads gather elsewhere.
        int shard = batch.stream().mapToInt(Usage::partition).min().orElseThrow();
        var touched = accounts.open(codes(batch, shard));
        return transfers.inTransaction(() -> post(batch, touched, shard));
    }

    private Summary post(List<Usage> batch, Map<AccountCode, AccountId> touched, int shard) {
        var found = lock(batch, touched);
        var books = found.books();
        var sorted = sort(batch, touched, found.known());
        var fresh = sorted.fresh().values();

        var posting = new Posting(books, touched, found.holds(), ids, shard);
        fresh.forEach(posting::settle);
        posting.net();
        var writes = new RoundTrip();
        holds.update(posting.changedHolds(), posting::before, writes);
        if (!posting.settled().isEmpty()) {
            store.insert(posting.settled());
        }

        var loss = posting.loss();
        for (var usage : sorted.different()) {
            loss = loss.plus(correct(usage, posting, touched));
        }
        transfers.post(books, writes);
        writes.run(jdbc);
        return new Summary(fresh.size(), sorted.duplicates(), sorted.different().size(), loss);
    }

    private Found lock(List<Usage> batch, Map<AccountCode, AccountId> touched) {
        var requests = batch.stream().map(Usage::request).toList();
        var funding = batch.stream()
                .flatMap(usage -> usage.event().funding().stream())
                .map(Funding::hold)
                .collect(Collectors.toSet());
        var known = new HashMap<UUID, Known>();
        var open = new HashMap<UUID, Hold>(funding.size() * 2);
        var books = transfers.lock(touched.values(), reads -> {
            store.known(requests, reads, known);
            holds.byIds(funding, reads, open);
        });
        return new Found(books, known, open);
    }

    private Sorted sort(List<Usage> batch, Map<AccountCode, AccountId> touched, Map<UUID, Known> known) {
        var fresh = new LinkedHashMap<UUID, Usage>(batch.size() * 2);
        var different = new ArrayList<Usage>();
        int duplicates = 0;
        for (var usage : batch) {
            var first = known.get(usage.request());
            if (first == null) {
                fresh.put(usage.request(), usage);
                known.put(usage.request(), new Known(buyer(usage, touched), usage.digest()));
            } else if (!first.buyer().equals(buyer(usage, touched))) {
                throw new BrokenRuleException("its request was settled for another user");
            } else if (first.digest().equals(usage.digest())) {
                duplicates++;
            } else {
                different.add(usage);
            }
        }
        return new Sorted(fresh, duplicates, different);
    }

    /** Owners get what this record has beyond all that they had for the request; the platform bears it. */
    private Credits correct(Usage usage, Posting posting, Map<AccountCode, AccountId> touched) {
        var paid = corrections.paid(usage.request());
        var extras = new LinkedHashMap<UUID, Credits>();
        Posting.partsByOwner(usage).forEach((owner, part) -> {
            var extra = part.minusOrZero(paid.getOrDefault(owner, Credits.ZERO));
            if (!extra.isZero()) {
                extras.put(owner, extra);
            }
        });
        var sum = extras.values().stream().reduce(Credits.ZERO, Credits::plus);
        if (!corrections.insert(usage, buyer(usage, touched), extras, sum)) {
            return Credits.ZERO;
        }
        posting.correct(usage, extras);
        return sum;
    }

    private static AccountId buyer(Usage usage, Map<AccountCode, AccountId> touched) {
        return Posting.account(touched, AccountCode.user(usage.event().userId()));
    }

    private static Set<AccountCode> codes(List<Usage> batch, int shard) {
        var codes = new HashSet<AccountCode>();
        codes.add(AccountCode.clearing(shard));
        codes.add(AccountCode.revenue(shard));
        codes.add(AccountCode.platformLoss(shard));
        for (var usage : batch) {
            codes.add(AccountCode.user(usage.event().userId()));
            for (var attempt : usage.event().attempts()) {
                if (attempt.ownerId() != null) {
                    codes.add(AccountCode.earnings(attempt.ownerId(), shard));
                }
            }
        }
        return codes;
    }
}
