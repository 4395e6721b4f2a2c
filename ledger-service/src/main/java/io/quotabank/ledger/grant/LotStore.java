package io.quotabank.ledger.grant;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.BrokenRuleException;
import io.quotabank.ledger.batch.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The rows of grants: each key once for ever, and what is gone of each only grows. */
@Repository
class LotStore {

    /** @param due something has expired that is not booked yet */
    record Standing(List<BurnDown.Part> parts, boolean due) {}

    private static final String INSERT = """
            INSERT INTO credit_grant (key, account, origin, priority, amount, expires_at, transfer, reason, actor, created_at)
            VALUES (:key, :account, :origin, :priority, :amount, :expires, :transfer, :reason, :actor, :now)
            ON CONFLICT (key) DO NOTHING
            """;

    private static final String ORDER = "priority, expires_at NULLS LAST, credit_grant.created_at, transfer";

    private static final String OPEN = "SELECT transfer, account, origin, amount - gone, expires_at FROM credit_grant"
            + " WHERE account = ANY(?) AND gone < amount ORDER BY account, " + ORDER;

    // With the account's own row, so that both are of one instant.
    private static final String OPEN_WITH_SPENT =
            "SELECT transfer, id, origin, amount - gone, expires_at, debited - spread, next_expiry FROM account"
                    + " LEFT JOIN credit_grant ON account = id AND gone < amount WHERE id = ? ORDER BY " + ORDER;

    private static final String GONE = """
            UPDATE credit_grant g SET gone = g.gone + x.more, ended = g.ended + x.unspent
            FROM unnest(?::uuid[], ?::bigint[], ?::bigint[]) AS x (transfer, more, unspent) WHERE g.transfer = x.transfer
            """;

    private static final String DUE = "SELECT id FROM account WHERE next_expiry <= ? ORDER BY next_expiry, id LIMIT ?";

    private final JdbcTemplate jdbc;
    private final JdbcClient client;

    LotStore(JdbcTemplate jdbc, JdbcClient client) {
        this.jdbc = jdbc;
        this.client = client;
    }

    boolean has(String key) {
        return client.sql("SELECT count(*) FROM credit_grant WHERE key = ?")
                        .param(key)
                        .query(Long.class)
                        .single()
                > 0;
    }

    /** @return false where the key was given before */
    boolean insert(AccountId account, Gift gift, UUID transfer, Instant now) {
        return client.sql(INSERT)
                        .param("key", gift.key())
                        .param("account", account.value())
                        .param("origin", gift.origin().wire())
                        .param("priority", gift.origin().priority())
                        .param("amount", gift.amount().micro())
                        .param("expires", gift.expiresAt() == null ? null : Timestamp.from(gift.expiresAt()))
                        .param("transfer", transfer)
                        .param("reason", gift.reason())
                        .param("actor", gift.actor())
                        .param("now", Timestamp.from(now))
                        .update()
                == 1;
    }

    /** Lots that are not used up, of accounts that are locked; each account's in the order in which they are spent. */
    Map<AccountId, List<Lot>> open(Collection<AccountId> accounts) {
        var found = new HashMap<AccountId, List<Lot>>();
        var ids = accounts.stream().mapToLong(AccountId::value).toArray();
        jdbc.query(OPEN, statement -> new Columns(statement).longs(ids), row -> {
            var lot = lot(row);
            found.computeIfAbsent(lot.account(), account -> new ArrayList<>()).add(lot);
        });
        return found;
    }

    /** What an account's lots have left as of now, in order, without any lock. */
    Standing standing(AccountId account, Instant now) {
        var lots = new ArrayList<Lot>();
        long[] spent = {0};
        boolean[] due = {false};
        jdbc.query(OPEN_WITH_SPENT, statement -> statement.setLong(1, account.value()), row -> {
            if (row.getObject(1) != null) {
                lots.add(lot(row));
            }
            spent[0] = row.getLong(6);
            var next = row.getTimestamp(7);
            due[0] = next != null && !next.toInstant().isAfter(now);
        });
        return new Standing(
                BurnDown.of(lots, new Credits(spent[0]), Credits.ZERO, now).parts(), due[0]);
    }

    UUID person(AccountId account) {
        return client.sql("SELECT person FROM account WHERE id = ?")
                .param(account.value())
                .query(UUID.class)
                .single();
    }

    void take(List<BurnDown.Part> parts) {
        var changed = parts.stream().filter(part -> !part.gone().isZero()).toList();
        if (changed.isEmpty()) {
            return;
        }
        int rows = jdbc.update(
                GONE,
                statement -> new Columns(statement)
                        .uuids(changed, part -> part.lot().id())
                        .longs(changed, part -> part.gone().micro())
                        .longs(changed, part -> part.ended().micro()));
        if (rows != changed.size()) {
            throw new BrokenRuleException("wrote " + rows + " of " + changed.size() + " grants");
        }
    }

    /** Accounts of which something has expired, as far as nobody has them locked. */
    List<AccountId> lockDue(Instant now, int most) {
        return due(DUE + " FOR NO KEY UPDATE SKIP LOCKED", now, most);
    }

    boolean anyDue(Instant now) {
        return !due(DUE, now, 1).isEmpty();
    }

    private List<AccountId> due(String sql, Instant now, int most) {
        return jdbc.query(sql, (row, index) -> new AccountId(row.getLong(1)), Timestamp.from(now), most);
    }

    private static Lot lot(ResultSet row) throws SQLException {
        var expires = row.getTimestamp(5);
        return new Lot(
                row.getObject(1, UUID.class),
                new AccountId(row.getLong(2)),
                Origin.of(row.getString(3)),
                new Credits(row.getLong(4)),
                expires == null ? null : expires.toInstant());
    }
}
