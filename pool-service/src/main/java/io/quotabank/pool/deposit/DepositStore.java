package io.quotabank.pool.deposit;

import io.quotabank.contracts.verification.KeyVerification.Check;
import io.quotabank.pool.deposit.Deposits.Status;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Deposits in the database. */
@Repository
class DepositStore {

    record Row(
            UUID id,
            UUID owner,
            UUID keyId,
            UUID verificationId,
            String mode,
            Status status,
            @Nullable String refusedCheck,
            @Nullable String refusedDetail,
            Instant createdAt,
            @Nullable Instant decidedAt) {}

    private static final String INSERT = """
            INSERT INTO deposit (id, owner_id, key_id, verification_id, mode, status, created_at)
            VALUES (:id, :owner, :key, :verification, 'consignment', 'verifying', :now)
            """;

    private static final String DECIDE = """
            UPDATE deposit SET status = :status, refused_check = :check, refused_detail = :detail, decided_at = :now
            WHERE verification_id = :verification AND status = 'verifying'
            """;

    private final JdbcClient jdbc;

    DepositStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void insert(UUID id, UUID owner, UUID keyId, UUID verificationId, Instant now) {
        jdbc.sql(INSERT)
                .param("id", id)
                .param("owner", owner)
                .param("key", keyId)
                .param("verification", verificationId)
                .param("now", Timestamp.from(now))
                .update();
    }

    /** Verifications that are no deposit's change nothing. */
    void decide(UUID verificationId, Status status, @Nullable Check decisive, Instant now) {
        var against = status == Status.REFUSED ? decisive : null;
        jdbc.sql(DECIDE)
                .param("verification", verificationId)
                .param("status", status.wire())
                .param("check", against == null ? null : against.name())
                .param("detail", against == null ? null : against.detail())
                .param("now", Timestamp.from(now))
                .update();
    }

    /** How many deposits of a person are being verified. */
    int verifying(UUID owner) {
        return jdbc.sql("SELECT count(*) FROM deposit WHERE owner_id = :owner AND status = 'verifying'")
                .param("owner", owner)
                .query(Integer.class)
                .single();
    }

    Optional<Row> find(UUID id) {
        return jdbc.sql("SELECT * FROM deposit WHERE id = :id")
                .param("id", id)
                .query((row, index) -> new Row(
                        row.getObject("id", UUID.class),
                        row.getObject("owner_id", UUID.class),
                        row.getObject("key_id", UUID.class),
                        row.getObject("verification_id", UUID.class),
                        row.getString("mode"),
                        Status.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
                        row.getString("refused_check"),
                        row.getString("refused_detail"),
                        row.getTimestamp("created_at").toInstant(),
                        row.getTimestamp("decided_at") == null
                                ? null
                                : row.getTimestamp("decided_at").toInstant()))
                .optional();
    }
}
