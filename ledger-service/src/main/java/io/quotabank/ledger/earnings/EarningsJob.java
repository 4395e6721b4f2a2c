package io.quotabank.ledger.earnings;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.lock.Lock;
import io.quotabank.ledger.settlement.Backlog;
import io.quotabank.ledger.transfer.TransferType;
import io.quotabank.ledger.transfer.Transfers;
import io.quotabank.platform.id.Ids;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Brings what settlement gathered per partition to the owners' own accounts. Any number of processes may run it at once:
 * one of them sweeps at a time, the others pass; and a balance is read again under its lock. A sweep waits for no row: who
 * waits for one of a batch under way, and has locked the rows of the next, holds up both. What is locked is for a later one.
 */
@Component
class EarningsJob {

    private record Gathered(AccountId account, UUID owner) {}

    private static final String GATHERED =
            "SELECT id, person FROM account WHERE kind = 'earnings' AND posted > 0 AND id > ? ORDER BY id LIMIT ?";

    private static final String MINE = Lock.EARNINGS.tryToTake();

    private final Accounts accounts;
    private final Transfers transfers;
    private final JdbcTemplate jdbc;
    private final Ids ids;
    private final EarningsProperties properties;
    private final Backlog settlement;

    EarningsJob(
            Accounts accounts,
            Transfers transfers,
            JdbcTemplate jdbc,
            Ids ids,
            EarningsProperties properties,
            Backlog settlement) {
        this.accounts = accounts;
        this.transfers = transfers;
        this.jdbc = jdbc;
        this.ids = ids;
        this.properties = properties;
        this.settlement = settlement;
    }

    @Scheduled(fixedDelayString = "${quotabank.earnings.every:10s}")
    void run() {
        if (settlement.comesFirst()) {
            return;
        }
        long after = 0;
        List<Gathered> found;
        do {
            found = jdbc.query(
                    GATHERED,
                    (row, index) -> new Gathered(new AccountId(row.getLong(1)), row.getObject(2, UUID.class)),
                    after,
                    properties.batch());
            if (!found.isEmpty() && !sweep(found)) {
                return;
            }
            after = found.isEmpty() ? after : found.getLast().account().value();
        } while (found.size() == properties.batch());
    }

    private boolean sweep(List<Gathered> found) {
        var owners = accounts.open(found.stream()
                .map(gathered -> AccountCode.user(gathered.owner()))
                .distinct()
                .toList());
        return transfers.once(() -> {
            if (!Boolean.TRUE.equals(jdbc.queryForObject(MINE, Boolean.class))) {
                return false;
            }
            post(found, owners);
            return true;
        });
    }

    private void post(List<Gathered> found, Map<AccountCode, AccountId> owners) {
        Function<Gathered, AccountId> owner =
                gathered -> Objects.requireNonNull(owners.get(AccountCode.user(gathered.owner())));
        var free = transfers.lockFree(
                found, gathered -> List.of(gathered.account(), owner.apply(gathered)), List.of(), locked -> {});
        var books = free.books();
        for (var gathered : free.requests()) {
            Credits amount = books.posted(gathered.account());
            if (!amount.isZero()) {
                books.transfer(
                        ids.next(),
                        gathered.account(),
                        owner.apply(gathered),
                        amount,
                        TransferType.PROXY_EARNINGS,
                        null);
            }
        }
        transfers.post(books);
    }
}
