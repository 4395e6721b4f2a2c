package io.quotabank.risk.balance;

import io.quotabank.contracts.money.Credits;
import io.quotabank.risk.signal.Use;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Repository;

/** Watched balances in the database: what is due, who looks at it, and what was seen. */
@Repository
class BalanceStore {

    /**
     * A key that this process looks at.
     *
     * @param claim fences: what is written under a claim that another has taken over is not written
     * @param last null before the first sample
     * @param anchor an older one; null before the second
     * @param suspect a sample that fell by too much and has not been judged
     */
    record Watch(
            UUID keyId,
            UUID claim,
            @Nullable Sample last,
            @Nullable Sample anchor,
            @Nullable Sample suspect) {}

    private static final String ADD = """
            INSERT INTO balance_watch (key_id, due_at)
            SELECT id, :now FROM watched_key k
            WHERE serving AND (NOT provider_address OR provider = ANY(:telling::text[]))
              AND NOT EXISTS (SELECT FROM balance_watch b WHERE b.key_id = k.id)
            ON CONFLICT (key_id) DO NOTHING
            """;

    // Of any number of instances, one gets the row: the others skip it while it is locked, and then it is not due.
    private static final String CLAIM = """
            UPDATE balance_watch SET claim = :claim, due_at = :until
            WHERE key_id IN (
                SELECT key_id FROM balance_watch WHERE due_at <= :now
                ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED)
            RETURNING *
            """;

    private static final String KEEP = """
            UPDATE balance_watch SET due_at = :due, claim = NULL,
                last_at = :lastAt, last_balance = :lastBalance, last_used = :lastUsed, last_before = :lastBefore,
                last_possible = :lastPossible, last_possible_before = :lastPossibleBefore,
                anchor_at = :anchorAt, anchor_balance = :anchorBalance, anchor_used = :anchorUsed,
                anchor_before = :anchorBefore, anchor_possible = :anchorPossible,
                anchor_possible_before = :anchorPossibleBefore,
                suspect_at = :suspectAt, suspect_balance = :suspectBalance, suspect_used = :suspectUsed,
                suspect_before = :suspectBefore, suspect_possible = :suspectPossible,
                suspect_possible_before = :suspectPossibleBefore
            WHERE key_id = :key AND claim = :claim
            """;

    private final JdbcClient jdbc;

    BalanceStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Adds the keys in use that are not watched yet, of the providers that tell, and of all others' addresses. */
    void add(Collection<String> telling, Instant now) {
        jdbc.sql(ADD)
                .param("telling", telling.toArray(String[]::new))
                .param("now", Timestamp.from(now))
                .update();
    }

    List<Watch> claim(UUID claim, Instant now, Instant until, int limit) {
        return jdbc.sql(CLAIM)
                .param("claim", claim)
                .param("now", Timestamp.from(now))
                .param("until", Timestamp.from(until))
                .param("limit", limit)
                .query(BalanceStore::watch)
                .list();
    }

    /** False where another has taken the key over. */
    boolean keep(Watch watch, Instant due) {
        var statement = jdbc.sql(KEEP)
                .param("key", watch.keyId())
                .param("claim", watch.claim())
                .param("due", Timestamp.from(due));
        bind(statement, "last", watch.last());
        bind(statement, "anchor", watch.anchor());
        bind(statement, "suspect", watch.suspect());
        return statement.update() == 1;
    }

    /** False where another has taken the key over. */
    boolean drop(Watch watch) {
        return jdbc.sql("DELETE FROM balance_watch WHERE key_id = :key AND claim = :claim")
                        .param("key", watch.keyId())
                        .param("claim", watch.claim())
                        .update()
                == 1;
    }

    void forget(Collection<UUID> keys) {
        jdbc.sql("DELETE FROM balance_watch WHERE key_id = ANY(:keys::uuid[])")
                .param("keys", keys.stream().map(UUID::toString).toArray(String[]::new))
                .update();
    }

    private static void bind(StatementSpec statement, String name, @Nullable Sample sample) {
        statement
                .param(name + "At", sample == null ? null : Timestamp.from(sample.at()))
                .param(
                        name + "Balance",
                        sample == null ? null : sample.balance().micro())
                .param(name + "Used", sample == null ? null : known(sample.used()))
                .param(name + "Before", sample == null ? null : known(sample.usedBefore()))
                .param(name + "Possible", sample == null ? 0 : possible(sample.used()))
                .param(name + "PossibleBefore", sample == null ? 0 : possible(sample.usedBefore()));
    }

    private static long known(Use use) {
        return use.known().micro();
    }

    private static long possible(Use use) {
        return use.possible().micro();
    }

    private static Watch watch(ResultSet row, int index) throws SQLException {
        return new Watch(
                row.getObject("key_id", UUID.class),
                row.getObject("claim", UUID.class),
                sample(row, "last"),
                sample(row, "anchor"),
                sample(row, "suspect"));
    }

    private static @Nullable Sample sample(ResultSet row, String name) throws SQLException {
        var at = row.getTimestamp(name + "_at");
        return at == null
                ? null
                : new Sample(
                        at.toInstant(),
                        new Credits(row.getLong(name + "_balance")),
                        use(row, name + "_used", name + "_possible"),
                        use(row, name + "_before", name + "_possible_before"));
    }

    private static Use use(ResultSet row, String known, String possible) throws SQLException {
        return new Use(new Credits(row.getLong(known)), new Credits(row.getLong(possible)));
    }
}
