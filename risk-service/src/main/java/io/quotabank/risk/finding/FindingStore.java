package io.quotabank.risk.finding;

import io.quotabank.contracts.finding.FindingRecord;
import io.quotabank.contracts.finding.FindingRecord.Action;
import io.quotabank.contracts.finding.FindingRecord.Kind;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Findings in the database, and pages of them, newest first: a page ends where the next one begins, by id. */
@Repository
class FindingStore {

    /**
     * Which findings are asked for; what is null is not asked.
     *
     * @param ownerId whose keys they are about
     * @param before older than this one
     */
    record Wanted(
            @Nullable UUID ownerId,
            @Nullable UUID keyId,
            @Nullable Kind kind,
            @Nullable UUID before) {}

    private static final TypeReference<Map<String, BigDecimal>> EVIDENCE = new TypeReference<>() {};

    private static final String INSERT = """
            INSERT INTO finding (id, key_id, owner_id, kind, provider, host, detected_at, sentence, evidence, action)
            VALUES (:id, :key, :owner, :kind, :provider, :host, :at, :sentence, :evidence::jsonb, :action)
            """;

    private final JdbcClient jdbc;
    private final JsonMapper json;

    FindingStore(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    void insert(FindingRecord found) {
        jdbc.sql(INSERT)
                .param("id", found.findingId())
                .param("key", found.keyId())
                .param("owner", found.ownerId())
                .param("kind", found.kind().wire())
                .param("provider", found.provider())
                .param("host", found.host())
                .param("at", Timestamp.from(Instant.ofEpochMilli(found.detectedAtMs())))
                .param("sentence", found.sentence())
                .param("evidence", json.writeValueAsString(found.evidence()))
                .param("action", found.action().wire())
                .update();
    }

    List<FindingRecord> page(Wanted wanted, int limit) {
        // Only what is asked for is in the statement, so that each question has its index.
        var sql = new StringBuilder("SELECT * FROM finding WHERE true");
        if (wanted.ownerId() != null) {
            sql.append(" AND owner_id = :owner");
        }
        if (wanted.keyId() != null) {
            sql.append(" AND key_id = :key");
        }
        if (wanted.kind() != null) {
            sql.append(" AND kind = :kind");
        }
        if (wanted.before() != null) {
            sql.append(" AND id < :before");
        }
        return jdbc.sql(sql.append(" ORDER BY id DESC LIMIT :limit").toString())
                .param("owner", wanted.ownerId())
                .param("key", wanted.keyId())
                .param("kind", wanted.kind() == null ? null : wanted.kind().wire())
                .param("before", wanted.before())
                .param("limit", limit)
                .query(this::finding)
                .list();
    }

    private FindingRecord finding(ResultSet row, int index) throws SQLException {
        return new FindingRecord(
                row.getObject("id", UUID.class),
                row.getObject("key_id", UUID.class),
                row.getObject("owner_id", UUID.class),
                Kind.valueOf(upper(row, "kind")),
                row.getString("provider"),
                row.getString("host"),
                row.getTimestamp("detected_at").getTime(),
                row.getString("sentence"),
                json.readValue(row.getString("evidence"), EVIDENCE),
                Action.valueOf(upper(row, "action")));
    }

    private static String upper(ResultSet row, String column) throws SQLException {
        return row.getString(column).toUpperCase(Locale.ROOT);
    }
}
