package io.quotabank.ledger.credit;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/**
 * Balances of the past. An account's entries are numbered without gaps, and their times rise with their numbers, so
 * the last one of an instant is found by halving: some twenty looks at an index for a million entries.
 */
@Service
public class Past {

    /**
     * @param seq of the last entry until then; 0 where there was none
     * @param balance after it
     */
    public record Standing(long seq, Credits balance) {}

    // What is missing is of a month that was detached: all of it is older than what is there.
    static final String LAST = """
            WITH RECURSIVE step (low, high) AS (
                SELECT 0::bigint, seq + 1 FROM account WHERE id = :account
              UNION ALL
                SELECT CASE WHEN e.at > :at THEN s.low ELSE m.mid END, CASE WHEN e.at > :at THEN m.mid ELSE s.high END
                FROM step s
                CROSS JOIN LATERAL (SELECT (s.low + s.high) / 2 AS mid) m
                LEFT JOIN LATERAL (
                    SELECT created_at AS at FROM transfer
                    WHERE debit = :account AND debit_seq = m.mid
                      AND type NOT IN ('proxy_accrual', 'proxy_revenue', 'proxy_earnings')
                    UNION ALL
                    SELECT created_at FROM transfer
                    WHERE credit = :account AND credit_seq = m.mid
                      AND type NOT IN ('proxy_usage', 'proxy_accrual', 'proxy_revenue')) e ON true
                WHERE s.high - s.low > 1),
            last AS (SELECT low FROM step WHERE high - low = 1)
            SELECT low, 0 FROM last WHERE low = 0
            UNION ALL
            SELECT low, debit_after FROM last JOIN transfer
              ON debit = :account AND debit_seq = low
              AND type NOT IN ('proxy_accrual', 'proxy_revenue', 'proxy_earnings')
            UNION ALL
            SELECT low, credit_after FROM last JOIN transfer
              ON credit = :account AND credit_seq = low
              AND type NOT IN ('proxy_usage', 'proxy_accrual', 'proxy_revenue')
            """;

    private final JdbcClient jdbc;

    Past(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** How an account stood at an instant, entries of that microsecond included; empty where its entries are gone. */
    public Optional<Standing> at(AccountId account, Instant at) {
        return jdbc.sql(LAST)
                .param("account", account.value())
                .param("at", Timestamp.from(at))
                .query((row, index) -> new Standing(row.getLong(1), new Credits(row.getLong(2))))
                .optional();
    }
}
