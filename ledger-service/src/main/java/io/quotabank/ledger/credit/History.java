package io.quotabank.ledger.credit;

import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.batch.Columns;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** An account's entries, newest first, in the order in which they were posted. */
@Service
class History {

    /**
     * @param seq the account's own count of its entries
     * @param amountMicro micro-credits, below zero where they left the account
     * @param about what the entry was for; null where its type says all
     */
    record Entry(
            UUID transfer,
            long seq,
            String type,
            long amountMicro,
            long balanceAfterMicro,
            Instant at,
            @Nullable About about) {

        Entry about(@Nullable About what) {
            return new Entry(transfer, seq, type, amountMicro, balanceAfterMicro, at, what);
        }
    }

    /** What an entry was for. */
    sealed interface About {
        record Usage(String model, long inputTokens, long outputTokens) implements About {}

        record Recharge(@Nullable String method, @Nullable String order) implements About {}
    }

    // Both halves stop after a page: the indexes give them in this order. A charge never credits a person.
    private static final String PAGE = """
            SELECT * FROM (
              (SELECT id, debit_seq AS seq, type::text, -amount, debit_after, created_at FROM transfer
               WHERE debit = :account AND debit_seq < :before ORDER BY debit_seq DESC LIMIT :limit)
              UNION ALL
              (SELECT id, credit_seq, type::text, amount, credit_after, created_at FROM transfer
               WHERE credit = :account AND credit_seq < :before AND type <> 'proxy_usage'
               ORDER BY credit_seq DESC LIMIT :limit)) AS page
            ORDER BY seq DESC LIMIT :limit
            """;

    private static final String USAGES = """
            SELECT request, model, input_tokens, output_tokens FROM settlement
            WHERE request = ANY(?) AND request BETWEEN ? AND ?
            """;

    private static final String RECHARGES = """
            SELECT id, payment_method, order_id FROM recharge WHERE id = ANY(?)
            UNION ALL SELECT id, provider, NULL FROM payment WHERE id = ANY(?)
            """;

    private final JdbcClient jdbc;
    private final JdbcTemplate arrays;

    History(JdbcClient jdbc, JdbcTemplate arrays) {
        this.jdbc = jdbc;
        this.arrays = arrays;
    }

    /** @param before only entries with a lower sequence */
    List<Entry> page(AccountId account, long before, int limit) {
        var page = jdbc.sql(PAGE)
                .param("account", account.value())
                .param("before", before)
                .param("limit", limit)
                .query((row, index) -> new Entry(
                        row.getObject(1, UUID.class),
                        row.getLong(2),
                        row.getString(3),
                        row.getLong(4),
                        row.getLong(5),
                        row.getTimestamp(6).toInstant(),
                        null))
                .list();
        var about = about(page);
        return page.stream()
                .map(entry -> entry.about(about.get(entry.transfer())))
                .toList();
    }

    private Map<UUID, About> about(List<Entry> page) {
        var about = new HashMap<UUID, About>();
        var usages = ids(page, "proxy_usage");
        if (!usages.isEmpty()) {
            arrays.query(
                    USAGES,
                    statement -> new Columns(statement).uuids(usages, id -> id).range(usages),
                    row -> {
                        about.put(
                                row.getObject(1, UUID.class),
                                new About.Usage(row.getString(2), row.getLong(3), row.getLong(4)));
                    });
        }
        var recharges = ids(page, "recharge");
        if (!recharges.isEmpty()) {
            arrays.query(
                    RECHARGES,
                    statement ->
                            new Columns(statement).uuids(recharges, id -> id).uuids(recharges, id -> id),
                    row -> {
                        about.put(row.getObject(1, UUID.class), new About.Recharge(row.getString(2), row.getString(3)));
                    });
        }
        return about;
    }

    private static List<UUID> ids(List<Entry> page, String type) {
        return page.stream()
                .filter(entry -> entry.type().equals(type))
                .map(Entry::transfer)
                .toList();
    }
}
