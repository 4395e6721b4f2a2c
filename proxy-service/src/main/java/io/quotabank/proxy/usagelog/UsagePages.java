package io.quotabank.proxy.usagelog;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads the log page by page, newest first. */
@Repository
class UsagePages {

    /** What is asked for; null asks for any. */
    record Filter(
            UUID userId,
            @Nullable UUID accessKeyId,
            @Nullable String model,
            @Nullable Outcome status,
            @Nullable Instant from,
            @Nullable Instant to) {}

    /** The last request of a page: the next one begins behind it. */
    record Cursor(Instant closedAt, UUID id) {

        static Cursor of(String text) {
            int line = text.indexOf('_');
            if (line < 1) {
                throw new IllegalArgumentException("not a cursor");
            }
            try {
                return new Cursor(
                        Instant.ofEpochMilli(Long.parseLong(text.substring(0, line))),
                        UUID.fromString(text.substring(line + 1)));
            } catch (IllegalArgumentException malformed) {
                throw new IllegalArgumentException("not a cursor", malformed);
            }
        }

        String text() {
            return closedAt.toEpochMilli() + "_" + id;
        }
    }

    private static final String PAGE = """
            SELECT * FROM usage
            WHERE user_id = :user
              AND (:accessKey::uuid IS NULL OR access_key_id = :accessKey::uuid)
              AND (:model::text IS NULL OR model = :model::text)
              AND (:status::text IS NULL OR status = :status::text)
              AND (:from::timestamptz IS NULL OR closed_at >= :from::timestamptz)
              AND (:to::timestamptz IS NULL OR closed_at < :to::timestamptz)
              AND (:closedAt::timestamptz IS NULL OR (closed_at, id) < (:closedAt::timestamptz, :id::uuid))
            ORDER BY closed_at DESC, id DESC LIMIT :limit
            """;

    private final JdbcClient jdbc;

    UsagePages(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    List<Usage> page(Filter filter, @Nullable Cursor after, int limit) {
        return jdbc.sql(PAGE)
                .param("user", filter.userId())
                .param("accessKey", textOf(filter.accessKeyId()))
                .param("model", filter.model())
                .param(
                        "status",
                        filter.status() == null ? null : filter.status().wire())
                .param("from", timestamp(filter.from()))
                .param("to", timestamp(filter.to()))
                .param("closedAt", after == null ? null : timestamp(after.closedAt()))
                .param("id", after == null ? null : textOf(after.id()))
                .param("limit", limit)
                .query(UsagePages::usage)
                .list();
    }

    private static @Nullable String textOf(@Nullable UUID id) {
        return id == null ? null : id.toString();
    }

    private static @Nullable String timestamp(@Nullable Instant at) {
        return at == null ? null : at.toString();
    }

    private static Usage usage(ResultSet row, int index) throws SQLException {
        var cost = new Credits(row.getLong("cost"));
        var startedAt = row.getTimestamp("started_at");
        var closedAt = row.getTimestamp("closed_at");
        return new Usage(
                row.getObject("id", UUID.class),
                row.getObject("user_id", UUID.class),
                row.getObject("access_key_id", UUID.class),
                row.getString("operation"),
                row.getString("model"),
                row.getBoolean("stream"),
                row.getString("status"),
                row.getString("metering"),
                cost.toDecimal(),
                cost.micro(),
                null,
                null,
                row.getLong("price_version"),
                row.getString("tier"),
                row.getInt("markup_bp"),
                tokens(row),
                startedAt.toInstant(),
                closedAt.toInstant(),
                latencyMs(startedAt, closedAt),
                row.getObject("first_byte_ms", Integer.class),
                row.getInt("attempts"),
                routing(row),
                row.getString("client_request_id"));
    }

    private static long latencyMs(Timestamp startedAt, Timestamp closedAt) {
        return Math.max(0, closedAt.getTime() - startedAt.getTime());
    }

    private static Usage.Tokens tokens(ResultSet row) throws SQLException {
        return new Usage.Tokens(
                row.getLong("input_tokens"),
                row.getLong("output_tokens"),
                row.getLong("cache_read_tokens"),
                row.getLong("cache_creation_tokens"),
                row.getLong("reasoning_tokens"));
    }

    private static Usage.@Nullable Reason routing(ResultSet row) throws SQLException {
        var strategy = row.getString("strategy");
        return strategy == null
                ? null
                : new Usage.Reason(
                        strategy,
                        row.getFloat("score"),
                        row.getFloat("score_cost"),
                        row.getFloat("score_performance"),
                        row.getFloat("score_reliability"),
                        row.getFloat("score_multiplier"));
    }
}
