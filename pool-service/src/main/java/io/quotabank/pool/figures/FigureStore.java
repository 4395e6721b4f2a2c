package io.quotabank.pool.figures;

import io.quotabank.contracts.money.Credits;
import io.quotabank.pool.figures.Figures.KeyDay;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.UUID;
import java.util.function.ToLongFunction;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Days of keys in the database. */
@Repository
class FigureStore {

    private static final String ADD = """
            INSERT INTO key_day AS d (key_id, day, requests, succeeded, failed, input_tokens, cached_tokens,
                output_tokens, served_micro, earned_micro, list_micro, first_bytes, first_byte_ms, duration_ms)
            SELECT * FROM unnest(:keys::uuid[], :days::date[], :requests::bigint[], :succeeded::bigint[],
                :failed::bigint[], :input::bigint[], :cached::bigint[], :output::bigint[], :served::bigint[],
                :earned::bigint[], :list::bigint[], :firstBytes::bigint[], :firstByteMs::bigint[],
                :durationMs::bigint[])
            ON CONFLICT (key_id, day) DO UPDATE SET
                requests = d.requests + excluded.requests,
                succeeded = d.succeeded + excluded.succeeded,
                failed = d.failed + excluded.failed,
                input_tokens = d.input_tokens + excluded.input_tokens,
                cached_tokens = d.cached_tokens + excluded.cached_tokens,
                output_tokens = d.output_tokens + excluded.output_tokens,
                served_micro = d.served_micro + excluded.served_micro,
                earned_micro = d.earned_micro + excluded.earned_micro,
                list_micro = d.list_micro + excluded.list_micro,
                first_bytes = d.first_bytes + excluded.first_bytes,
                first_byte_ms = d.first_byte_ms + excluded.first_byte_ms,
                duration_ms = d.duration_ms + excluded.duration_ms
            """;

    private static final String DAYS =
            "SELECT * FROM key_day WHERE key_id = :key AND day BETWEEN :from AND :to ORDER BY day DESC";

    // Sums of bigints are numerics in PostgreSQL; a key that overflows one has earned more than there is.
    private static final String TOTAL = """
            SELECT coalesce(sum(requests), 0)::bigint AS requests, coalesce(sum(succeeded), 0)::bigint AS succeeded,
                coalesce(sum(failed), 0)::bigint AS failed, coalesce(sum(input_tokens), 0)::bigint AS input_tokens,
                coalesce(sum(cached_tokens), 0)::bigint AS cached_tokens,
                coalesce(sum(output_tokens), 0)::bigint AS output_tokens,
                coalesce(sum(served_micro), 0)::bigint AS served_micro,
                coalesce(sum(earned_micro), 0)::bigint AS earned_micro,
                coalesce(sum(list_micro), 0)::bigint AS list_micro,
                coalesce(sum(first_bytes), 0)::bigint AS first_bytes,
                coalesce(sum(first_byte_ms), 0)::bigint AS first_byte_ms,
                coalesce(sum(duration_ms), 0)::bigint AS duration_ms
            FROM key_day WHERE key_id = :key
            """;

    private final JdbcClient jdbc;

    FigureStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Adds sums to days, in the order of keys and days, which is the order of locks. */
    void add(SortedMap<KeyDay, Sums> days) {
        if (days.isEmpty()) {
            return;
        }
        jdbc.sql(ADD)
                .param(
                        "keys",
                        days.keySet().stream()
                                .map(day -> day.keyId().toString())
                                .toArray(String[]::new))
                .param(
                        "days",
                        days.keySet().stream().map(day -> day.day().toString()).toArray(String[]::new))
                .param("requests", longs(days, Sums::requests))
                .param("succeeded", longs(days, Sums::succeeded))
                .param("failed", longs(days, Sums::failed))
                .param("input", longs(days, Sums::input))
                .param("cached", longs(days, Sums::cached))
                .param("output", longs(days, Sums::output))
                .param("served", longs(days, sums -> sums.served().micro()))
                .param("earned", longs(days, sums -> sums.earned().micro()))
                .param("list", longs(days, sums -> sums.list().micro()))
                .param("firstBytes", longs(days, Sums::firstBytes))
                .param("firstByteMs", longs(days, Sums::firstByteMs))
                .param("durationMs", longs(days, Sums::durationMs))
                .update();
    }

    /** The days of a key between two days, both included, newest first; days without a call are left out. */
    Map<LocalDate, Sums> days(UUID keyId, LocalDate from, LocalDate to) {
        var days = new LinkedHashMap<LocalDate, Sums>();
        jdbc.sql(DAYS)
                .param("key", keyId)
                .param("from", Date.valueOf(from))
                .param("to", Date.valueOf(to))
                .query(row -> {
                    days.put(row.getObject("day", LocalDate.class), sums(row));
                });
        return days;
    }

    Sums total(UUID keyId) {
        return jdbc.sql(TOTAL)
                .param("key", keyId)
                .query((row, index) -> sums(row))
                .single();
    }

    private static Sums sums(ResultSet row) throws SQLException {
        return new Sums(
                row.getLong("requests"),
                row.getLong("succeeded"),
                row.getLong("failed"),
                row.getLong("input_tokens"),
                row.getLong("cached_tokens"),
                row.getLong("output_tokens"),
                new Credits(row.getLong("served_micro")),
                new Credits(row.getLong("earned_micro")),
                new Credits(row.getLong("list_micro")),
                row.getLong("first_bytes"),
                row.getLong("first_byte_ms"),
                row.getLong("duration_ms"));
    }

    private static Long[] longs(SortedMap<KeyDay, Sums> days, ToLongFunction<Sums> value) {
        return days.values().stream().map(value::applyAsLong).toArray(Long[]::new);
    }
}
