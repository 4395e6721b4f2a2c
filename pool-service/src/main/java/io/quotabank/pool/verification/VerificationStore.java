package io.quotabank.pool.verification;

import io.quotabank.contracts.verification.KeyVerification.Check;
import io.quotabank.pool.verification.Verifications.Progress;
import io.quotabank.pool.verification.Verifications.Purpose;
import io.quotabank.pool.verification.Verifications.Status;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Verifications in the database: what is to be done, by whom, and what came of it. */
@Repository
class VerificationStore {

    /**
     * A verification that this process works on.
     *
     * @param claim fences: what is written under a claim that another has taken over is not written
     */
    record Claim(
            UUID id,
            UUID claim,
            UUID keyId,
            Purpose purpose,
            int attempts,
            List<Check> checks,
            @Nullable BigDecimal balanceUsd) {

        Claim {
            checks = List.copyOf(checks);
        }
    }

    private static final TypeReference<List<Check>> CHECKS = new TypeReference<>() {};

    private static final String INSERT = """
            INSERT INTO verification (id, key_id, purpose, status, due_at, created_at)
            VALUES (:id, :key, :purpose, 'waiting', :now, :now)
            ON CONFLICT (key_id) WHERE status = 'waiting' DO NOTHING
            """;

    private static final String DOUBT = """
            INSERT INTO verification (id, key_id, purpose, status, due_at, created_at)
            SELECT uuidv7(), k.id, 'doubt', 'waiting', :now, :now
            FROM pool_key k
            WHERE k.id = ANY(:keys::uuid[]) AND k.state IN ('active', 'low')
              AND NOT EXISTS (SELECT FROM verification v WHERE v.key_id = k.id AND v.created_at > :since)
            ON CONFLICT (key_id) WHERE status = 'waiting' DO NOTHING
            """;

    private static final String DAILY = """
            INSERT INTO verification (id, key_id, purpose, status, due_at, created_at)
            SELECT uuidv7(), k.id, 'daily', 'waiting', :now, :now
            FROM pool_key k
            WHERE k.state IN ('active', 'low')
              AND NOT EXISTS (SELECT FROM verification v WHERE v.key_id = k.id AND v.created_at > :since)
            LIMIT 100
            ON CONFLICT (key_id) WHERE status = 'waiting' DO NOTHING
            """;

    // Of any number of instances, one gets the row: the others skip it while it is locked, and then it is claimed.
    private static final String CLAIM = """
            UPDATE verification SET claim = :claim, claimed_until = :until
            WHERE id = (
                SELECT id FROM verification
                WHERE status = 'waiting' AND due_at <= :now AND (claimed_until IS NULL OR claimed_until < :now)
                ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING *
            """;

    private static final String KEEP = """
            UPDATE verification SET checks = :checks::jsonb, balance_usd = :balance, claimed_until = :until
            WHERE id = :id AND claim = :claim
            """;

    private static final String POSTPONE = """
            UPDATE verification
            SET checks = :checks::jsonb, balance_usd = :balance, attempts = :attempts, due_at = :due, note = :note,
                claim = NULL, claimed_until = NULL
            WHERE id = :id AND claim = :claim
            """;

    private static final String FINISH = """
            UPDATE verification
            SET status = :status, checks = :checks::jsonb, balance_usd = :balance, note = :note, finished_at = :now,
                claim = NULL, claimed_until = NULL
            WHERE id = :id AND claim = :claim AND status = 'waiting'
            """;

    private final JdbcClient jdbc;
    private final JsonMapper json;

    VerificationStore(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    void insert(UUID id, UUID keyId, Purpose purpose, Instant now) {
        jdbc.sql(INSERT)
                .param("id", id)
                .param("key", keyId)
                .param("purpose", purpose.column())
                .param("now", Timestamp.from(now))
                .update();
    }

    Optional<UUID> open(UUID keyId) {
        return jdbc.sql("SELECT id FROM verification WHERE key_id = :key AND status = 'waiting'")
                .param("key", keyId)
                .query(UUID.class)
                .optional();
    }

    void doubt(List<UUID> keyIds, Instant now, Instant since) {
        jdbc.sql(DOUBT)
                .param("keys", keyIds.stream().map(UUID::toString).toArray(String[]::new))
                .param("now", Timestamp.from(now))
                .param("since", Timestamp.from(since))
                .update();
    }

    /** Asks for the verification of up to 100 keys in use that have had none since an instant. */
    int daily(Instant now, Instant since) {
        return jdbc.sql(DAILY)
                .param("now", Timestamp.from(now))
                .param("since", Timestamp.from(since))
                .update();
    }

    int forget(Instant finishedBefore) {
        return jdbc.sql("DELETE FROM verification WHERE finished_at < :before AND purpose <> 'deposit'")
                .param("before", Timestamp.from(finishedBefore))
                .update();
    }

    Optional<Claim> claim(UUID claim, Instant now, Instant until) {
        return jdbc.sql(CLAIM)
                .param("claim", claim)
                .param("now", Timestamp.from(now))
                .param("until", Timestamp.from(until))
                .query(this::claim)
                .optional();
    }

    /** False: another has taken the work over. */
    boolean keep(Claim claim, Instant until) {
        return jdbc.sql(KEEP)
                        .param("id", claim.id())
                        .param("claim", claim.claim())
                        .param("checks", json.writeValueAsString(claim.checks()))
                        .param("balance", claim.balanceUsd())
                        .param("until", Timestamp.from(until))
                        .update()
                == 1;
    }

    /** @param attempts how many tries without an answer count against it by now */
    void postpone(Claim claim, int attempts, Instant due, String note) {
        jdbc.sql(POSTPONE)
                .param("id", claim.id())
                .param("claim", claim.claim())
                .param("checks", json.writeValueAsString(claim.checks()))
                .param("balance", claim.balanceUsd())
                .param("attempts", attempts)
                .param("due", Timestamp.from(due))
                .param("note", note)
                .update();
    }

    /** False: another has taken the work over. */
    boolean finish(Claim claim, Status status, @Nullable String note, Instant now) {
        return jdbc.sql(FINISH)
                        .param("id", claim.id())
                        .param("claim", claim.claim())
                        .param("status", status.wire())
                        .param("checks", json.writeValueAsString(claim.checks()))
                        .param("balance", claim.balanceUsd())
                        .param("note", note)
                        .param("now", Timestamp.from(now))
                        .update()
                == 1;
    }

    Optional<Progress> progress(UUID id) {
        return jdbc.sql("SELECT * FROM verification WHERE id = :id")
                .param("id", id)
                .query((row, index) -> new Progress(
                        Status.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
                        row.getInt("attempts"),
                        json.readValue(row.getString("checks"), CHECKS),
                        row.getString("note"),
                        row.getTimestamp("due_at").toInstant()))
                .optional();
    }

    private Claim claim(ResultSet row, int index) throws SQLException {
        return new Claim(
                row.getObject("id", UUID.class),
                row.getObject("claim", UUID.class),
                row.getObject("key_id", UUID.class),
                Purpose.valueOf(row.getString("purpose").toUpperCase(Locale.ROOT)),
                row.getInt("attempts"),
                json.readValue(row.getString("checks"), CHECKS),
                row.getBigDecimal("balance_usd"));
    }
}
