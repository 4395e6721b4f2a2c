package io.quotabank.ledger.credit;

import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.batch.Columns;
import io.quotabank.ledger.batch.RoundTrip;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** An account's entries, newest first, in the order in which they were posted. */
@Service
public class History {

    /**
     * @param seq the account's own count of its entries
     * @param amountMicro micro-credits, below zero where they left the account
     * @param about what the entry was for; null where its type says all
     */
    public record Entry(
            UUID transfer,
            long seq,
            String type,
            long amountMicro,
            long balanceAfterMicro,
            Instant at,
            @Nullable UUID reference,
            @Nullable About about) {

        /** The application's own word for a consumption, the type for anything else. */
        public String action() {
            return type.equals(CONSUME) && about instanceof About.Consumption consumption ? consumption.action() : type;
        }

        Entry about(@Nullable About what) {
            return new Entry(transfer, seq, type, amountMicro, balanceAfterMicro, at, reference, what);
        }
    }

    /** What an entry was for. */
    public sealed interface About {
        record Usage(String model, long inputTokens, long outputTokens) implements About {}

        /** Of credits that were paid for, or that go back with what was paid. */
        record Recharge(@Nullable String method, @Nullable String order) implements About {}

        /** Of a consumption, or of the one that was refunded. */
        record Consumption(String action, @Nullable String description) implements About {}

        /** @param description what the application told the person when it opened the hold */
        record Hold(String description) implements About {}

        /** @param reason that the application gave for giving a consumption back */
        record Refund(String reason) implements About {}

        /** @param reason of an administrator's gift; null for a rule's */
        record Grant(String origin, @Nullable String reason) implements About {}
    }

    private interface Reader {
        About read(ResultSet row) throws SQLException;
    }

    private static final String CONSUME = "consume";
    private static final String CONSUME_REFUND = "consume_refund";
    private static final String ESCROW = "escrow";
    private static final Set<String> RETURNS = Set.of("recharge_refund", "chargeback", "recharge_restored");

    // Both halves stop after a page: the indexes give them in this order, and have no entries of the types that never
    // debit, or credit, a person.
    static final String PAGE = """
            SELECT * FROM (
              (SELECT id, debit_seq AS seq, type::text, -amount, debit_after, created_at, reference FROM transfer
               WHERE debit = ? AND debit_seq < ?
                 AND type NOT IN ('proxy_accrual', 'proxy_revenue', 'proxy_earnings')
               ORDER BY debit_seq DESC LIMIT ?)
              UNION ALL
              (SELECT id, credit_seq, type::text, amount, credit_after, created_at, reference FROM transfer
               WHERE credit = ? AND credit_seq < ?
                 AND type NOT IN ('proxy_usage', 'proxy_accrual', 'proxy_revenue')
               ORDER BY credit_seq DESC LIMIT ?)) AS page
            ORDER BY seq DESC LIMIT ?
            """;

    // For one account and its place it would be planned as for any other, and to plan it over all months takes
    // ten times as long as to read a page.
    private static final String PLANNED_ONCE = "SELECT set_config('plan_cache_mode', 'force_generic_plan', true)";

    // A range of sequences without gaps: as many rows as it is long.
    private static final String RANGE = """
            SELECT id, debit_seq AS seq, type::text, -amount, debit_after, created_at, reference FROM transfer
            WHERE debit = :account AND debit_seq > :after AND debit_seq <= :upto
              AND type NOT IN ('proxy_accrual', 'proxy_revenue', 'proxy_earnings')
            UNION ALL
            SELECT id, credit_seq, type::text, amount, credit_after, created_at, reference FROM transfer
            WHERE credit = :account AND credit_seq > :after AND credit_seq <= :upto
              AND type NOT IN ('proxy_usage', 'proxy_accrual', 'proxy_revenue')
            ORDER BY seq
            """;

    private static final String USAGES = """
            SELECT request, model, input_tokens, output_tokens FROM settlement
            WHERE request = ANY(?) AND request BETWEEN ? AND ?
            """;

    // The buyer's own name of an order, or ours where they gave it none.
    private static final String ORDER =
            "CASE WHEN o.order_key LIKE 'order:%' THEN substr(o.order_key, 7) ELSE o.id::text END";

    private static final String RECHARGES = """
            SELECT id, payment_method, order_id FROM recharge WHERE id = ANY(?)
            UNION ALL
            SELECT p.id, p.provider, %s FROM payment p LEFT JOIN payment_order o ON o.id = p.payment_order
            WHERE p.id = ANY(?)
            """.formatted(ORDER);

    private static final String ORDERS =
            "SELECT id, provider, %s FROM payment_order o WHERE id = ANY(?) AND id BETWEEN ? AND ?".formatted(ORDER);

    private static final String CONSUMPTIONS =
            "SELECT id, action, description FROM consumption WHERE id = ANY(?) AND id BETWEEN ? AND ?";

    private static final String REASONS = """
            SELECT consumption, reason FROM consumption_refund
            WHERE consumption = ANY(?) AND consumption BETWEEN ? AND ? AND reason IS NOT NULL
            """;

    private static final String HOLDS = """
            SELECT id, description FROM hold WHERE id = ANY(?) AND id BETWEEN ? AND ? AND description IS NOT NULL
            """;

    private static final String GRANTS = "SELECT transfer, origin, reason FROM credit_grant WHERE transfer = ANY(?)";

    private static final long BYTES_OF_ENTRY = 100;

    private final JdbcClient jdbc;
    private final JdbcTemplate arrays;

    History(JdbcClient jdbc, JdbcTemplate arrays) {
        this.jdbc = jdbc;
        this.arrays = arrays;
    }

    /** @param before only entries with a lower sequence */
    List<Entry> page(AccountId account, long before, int limit) {
        var page = new ArrayList<Entry>(limit);
        var reads = new RoundTrip();
        reads.query(PLANNED_ONCE, BYTES_OF_ENTRY, columns -> {}, row -> {});
        reads.query(
                PAGE,
                limit * BYTES_OF_ENTRY,
                columns -> half(half(columns, account, before, limit), account, before, limit)
                        .number(limit),
                row -> page.add(entry(row)));
        reads.run(arrays);
        return described(page);
    }

    /** The entries after one sequence and up to another, oldest first. */
    public List<Entry> range(AccountId account, long after, long upto) {
        return described(jdbc.sql(RANGE)
                .param("account", account.value())
                .param("after", after)
                .param("upto", upto)
                .query((row, index) -> entry(row))
                .list());
    }

    private static Columns half(Columns columns, AccountId account, long before, int limit) throws SQLException {
        return columns.number(account.value()).number(before).number(limit);
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(
                row.getObject(1, UUID.class),
                row.getLong(2),
                row.getString(3),
                row.getLong(4),
                row.getLong(5),
                row.getTimestamp(6).toInstant(),
                row.getObject(7, UUID.class),
                null);
    }

    private List<Entry> described(List<Entry> page) {
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
        referred(
                page,
                CONSUMPTIONS,
                about,
                History::consumption,
                row -> new About.Consumption(row.getString(2), row.getString(3)));
        referred(
                page,
                REASONS,
                about,
                entry -> reference(entry, CONSUME_REFUND),
                row -> new About.Refund(row.getString(2)));
        referred(
                page,
                ORDERS,
                about,
                entry -> RETURNS.contains(entry.type()) ? entry.reference() : null,
                row -> new About.Recharge(row.getString(2), row.getString(3)));
        referred(page, HOLDS, about, entry -> reference(entry, ESCROW), row -> new About.Hold(row.getString(2)));
        var grants = ids(page, "bonus");
        if (!grants.isEmpty()) {
            arrays.query(GRANTS, statement -> new Columns(statement).uuids(grants, id -> id), row -> {
                about.put(row.getObject(1, UUID.class), new About.Grant(row.getString(2), row.getString(3)));
            });
        }
        return about;
    }

    /** What several entries may be for: the first column is its id. What is told later of an entry counts. */
    private void referred(
            List<Entry> page,
            String sql,
            Map<UUID, About> about,
            Function<Entry, @Nullable UUID> referred,
            Reader read) {
        var entries = new HashMap<UUID, List<UUID>>();
        for (var entry : page) {
            var id = referred.apply(entry);
            if (id != null) {
                entries.computeIfAbsent(id, first -> new ArrayList<>(1)).add(entry.transfer());
            }
        }
        if (!entries.isEmpty()) {
            var ids = entries.keySet();
            arrays.query(
                    sql,
                    statement -> new Columns(statement).uuids(ids, id -> id).range(ids),
                    row -> {
                        var what = read.read(row);
                        entries.getOrDefault(row.getObject(1, UUID.class), List.of())
                                .forEach(entry -> about.put(entry, what));
                    });
        }
    }

    private static @Nullable UUID consumption(Entry entry) {
        return switch (entry.type()) {
            case CONSUME -> entry.transfer();
            case CONSUME_REFUND -> entry.reference();
            default -> null;
        };
    }

    private static @Nullable UUID reference(Entry entry, String type) {
        return entry.type().equals(type) ? entry.reference() : null;
    }

    private static List<UUID> ids(List<Entry> page, String type) {
        return page.stream()
                .filter(entry -> entry.type().equals(type))
                .map(Entry::transfer)
                .toList();
    }
}
