package io.quotabank.risk.signal;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Opened;
import io.quotabank.risk.failure.Failures.History;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What has been heard: requests by id, and what the calls of each key have told. */
@Repository
class SignalStore {

    /** @param used by all calls that were heard of */
    record Signal(History history, Use used) {
        static final Signal NONE = new Signal(History.NONE, Use.NONE);
    }

    private static final String HEAR = """
            INSERT INTO heard_request (id) SELECT id FROM unnest(:ids::uuid[]) AS u (id)
            ON CONFLICT (id) DO NOTHING RETURNING id
            """;

    // The record of an end may have come before, from another process.
    private static final String OPEN = """
            INSERT INTO open_request (id, started_at)
            SELECT id, started_at FROM unnest(:ids::uuid[], :starts::timestamptz[]) AS u (id, started_at)
            WHERE NOT EXISTS (SELECT FROM heard_request h WHERE h.id = u.id)
            ON CONFLICT (id) DO NOTHING
            """;

    private static final String LOCK =
            "SELECT * FROM key_signal WHERE key_id = ANY(:keys::uuid[]) ORDER BY key_id FOR NO KEY UPDATE";

    private static final String CREATE =
            "INSERT INTO key_signal (key_id) SELECT * FROM unnest(:keys::uuid[]) ON CONFLICT (key_id) DO NOTHING";

    private static final String UPDATE = """
            UPDATE key_signal s SET failed_at = u.failed_at::timestamptz[], served = u.served, served_at = u.served_at,
                told_at = u.told_at, used_micro = u.used, possible_micro = u.possible
            FROM unnest(:keys::uuid[], :failedAt::text[], :served::bigint[], :servedAt::timestamptz[],
                :toldAt::timestamptz[], :used::bigint[], :possible::bigint[])
                AS u (key_id, failed_at, served, served_at, told_at, used, possible)
            WHERE s.key_id = u.key_id
            """;

    private static final String USED = """
            SELECT coalesce(sum(used_micro), 0)::bigint AS used_micro,
                coalesce(sum(possible_micro), 0)::bigint AS possible_micro
            FROM key_signal WHERE key_id = ANY(:keys::uuid[])
            """;

    private final JdbcClient jdbc;

    SignalStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Notes requests as heard of; gives those that had not been. They are no longer running. */
    Set<UUID> hear(Collection<UUID> requests) {
        // One order of locks for all instances.
        var ids = texts(new TreeSet<>(requests));
        jdbc.sql("DELETE FROM open_request WHERE id = ANY(:ids::uuid[])")
                .param("ids", ids)
                .update();
        return new HashSet<>(jdbc.sql(HEAR).param("ids", ids).query(UUID.class).list());
    }

    void open(Collection<Opened> requests) {
        jdbc.sql(OPEN)
                .param("ids", texts(requests.stream().map(Opened::requestId).toList()))
                .param(
                        "starts",
                        requests.stream()
                                .map(opened -> Instant.ofEpochMilli(opened.startedAtMs())
                                        .toString())
                                .toArray(String[]::new))
                .update();
    }

    /** Locks what is known of keys, in the order of their ids; all of them are there then. */
    Map<UUID, Signal> lock(Collection<UUID> keys) {
        var sorted = new TreeSet<>(keys);
        var locked = read(LOCK, sorted);
        if (locked.size() == sorted.size()) {
            return locked;
        }
        jdbc.sql(CREATE).param("keys", texts(sorted)).update();
        return read(LOCK, sorted);
    }

    void update(Map<UUID, Signal> signals) {
        var sorted = new TreeMap<>(signals);
        var values = sorted.values();
        jdbc.sql(UPDATE)
                .param("keys", texts(sorted.keySet()))
                .param(
                        "failedAt",
                        values.stream()
                                .map(one -> literal(one.history().failedAt()))
                                .toArray(String[]::new))
                .param(
                        "served",
                        values.stream().map(one -> one.history().served()).toArray(Long[]::new))
                .param(
                        "servedAt",
                        values.stream()
                                .map(one -> text(one.history().servedAt()))
                                .toArray(String[]::new))
                .param(
                        "toldAt",
                        values.stream().map(one -> text(one.history().toldAt())).toArray(String[]::new))
                .param(
                        "used",
                        values.stream().map(one -> one.used().known().micro()).toArray(Long[]::new))
                .param(
                        "possible",
                        values.stream()
                                .map(one -> one.used().possible().micro())
                                .toArray(Long[]::new))
                .update();
    }

    /** What the calls of keys did wrong is forgiven. */
    void forgive(Collection<UUID> keys) {
        lock(keys);
        jdbc.sql("UPDATE key_signal SET failed_at = '{}', told_at = NULL WHERE key_id = ANY(:keys::uuid[])")
                .param("keys", texts(keys))
                .update();
    }

    Use used(Collection<UUID> keys) {
        return jdbc.sql(USED)
                .param("keys", texts(keys))
                .query((row, index) -> use(row))
                .single();
    }

    /** Whether a request is still running that began at or before an instant, and not before another. */
    boolean isOpen(Instant since, Instant until) {
        return jdbc.sql("SELECT EXISTS (SELECT FROM open_request WHERE started_at > :since AND started_at <= :until)")
                .param("since", Timestamp.from(since))
                .param("until", Timestamp.from(until))
                .query(Boolean.class)
                .single();
    }

    void forgetOpenBefore(Instant start) {
        jdbc.sql("DELETE FROM open_request WHERE started_at < :start")
                .param("start", Timestamp.from(start))
                .update();
    }

    void ensurePartitions(LocalDate day) {
        jdbc.sql("SELECT 1 FROM (SELECT partitions_ensure(:day))")
                .param("day", Date.valueOf(day))
                .query(Integer.class)
                .single();
    }

    void forgetBefore(LocalDate day) {
        jdbc.sql("SELECT heard_request_forget(:day)")
                .param("day", Date.valueOf(day))
                .query(Integer.class)
                .single();
    }

    private Map<UUID, Signal> read(String sql, Collection<UUID> keys) {
        var signals = new TreeMap<UUID, Signal>();
        jdbc.sql(sql).param("keys", texts(keys)).query(row -> {
            signals.put(row.getObject("key_id", UUID.class), signal(row));
        });
        return signals;
    }

    private static Signal signal(ResultSet row) throws SQLException {
        var failedAt = Arrays.stream((Timestamp[]) row.getArray("failed_at").getArray())
                .map(Timestamp::toInstant)
                .toList();
        var history = new History(
                failedAt,
                row.getLong("served"),
                instant(row.getTimestamp("served_at")),
                instant(row.getTimestamp("told_at")));
        return new Signal(history, use(row));
    }

    private static Use use(ResultSet row) throws SQLException {
        return new Use(new Credits(row.getLong("used_micro")), new Credits(row.getLong("possible_micro")));
    }

    private static @Nullable Instant instant(@Nullable Timestamp timestamp) {
        return timestamp == null ? null : timestamp.toInstant();
    }

    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }

    /** An array as PostgreSQL writes it; instants in ISO form need no quotes. */
    private static String literal(List<Instant> instants) {
        return instants.stream().map(Instant::toString).collect(Collectors.joining(",", "{", "}"));
    }

    private static String[] texts(Collection<UUID> ids) {
        return ids.stream().map(UUID::toString).toArray(String[]::new);
    }
}
