package io.quotabank.ledger.statement;

import io.quotabank.ledger.statement.Statements.Statement;
import java.util.List;
import java.util.Locale;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** What an account's entries add up to, by category and by day or month. */
@Service
class Stats {

    /** How long the spans are that are added up. */
    enum Span {
        DAY("YYYY-MM-DD"),
        MONTH("YYYY-MM");

        private final String format;

        Span(String format) {
            this.format = format;
        }

        static Span of(String text) {
            for (var span : values()) {
                if (span.wire().equals(text)) {
                    return span;
                }
            }
            throw new IllegalArgumentException("period is day or month");
        }

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param spentMicro what left, less refunds of it; below zero where a span has refunds of earlier ones only
     * @param receivedMicro what came otherwise
     */
    record Sum(String span, String category, long spentMicro, long receivedMicro) {}

    private static final String SUMS = """
            WITH moved AS (
                SELECT id, reference, type, -amount AS amount, created_at FROM transfer
                WHERE debit = :account AND debit_seq > :after AND debit_seq <= :upto
                  AND type NOT IN ('proxy_accrual', 'proxy_revenue', 'proxy_earnings')
                UNION ALL
                SELECT id, reference, type, amount, created_at FROM transfer
                WHERE credit = :account AND credit_seq > :after AND credit_seq <= :upto
                  AND type NOT IN ('proxy_usage', 'proxy_accrual', 'proxy_revenue')),
            named AS (
                SELECT to_char(m.created_at AT TIME ZONE :zone, :format) AS span, m.amount,
                       m.amount < 0 OR m.type = 'consume_refund' AS cost,
                       CASE WHEN c.action IS NULL THEN m.type::text
                            WHEN c.action LIKE '%\\_cost' THEN c.action ELSE c.action || '_cost' END AS category
                FROM moved m
                LEFT JOIN consumption c ON c.id = CASE m.type WHEN 'consume' THEN m.id
                                                              WHEN 'consume_refund' THEN m.reference END)
            SELECT span, category, coalesce(-sum(amount) FILTER (WHERE cost), 0)::bigint,
                   coalesce(sum(amount) FILTER (WHERE NOT cost), 0)::bigint
            FROM named GROUP BY span, category ORDER BY span, category
            """;

    private final JdbcClient jdbc;

    Stats(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    List<Sum> of(Statement statement, Span span) {
        return jdbc.sql(SUMS)
                .param("account", statement.account().value())
                .param("after", statement.opening().seq())
                .param("upto", statement.closing().seq())
                .param("zone", statement.period().zone().getId())
                .param("format", span.format)
                .query((row, index) -> new Sum(row.getString(1), row.getString(2), row.getLong(3), row.getLong(4)))
                .list();
    }
}
