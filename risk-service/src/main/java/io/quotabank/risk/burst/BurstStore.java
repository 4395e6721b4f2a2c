package io.quotabank.risk.burst;

import io.quotabank.risk.burst.Bursts.Call;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Calls by host, minute and key. */
@Repository
class BurstStore {

    /** How late a record may come and still be counted with its own time. */
    static final Duration LATEST = Duration.ofHours(1);

    record Sum(long keysFailing, long calls, long failed) {}

    private record Place(String host, Instant minute, UUID keyId) {}

    private record Count(long calls, long failed) {
        Count plus(Count other) {
            return new Count(calls + other.calls, failed + other.failed);
        }
    }

    // One order of locks for all instances.
    private static final Comparator<Place> ORDER =
            Comparator.comparing(Place::host).thenComparing(Place::minute).thenComparing(Place::keyId);

    private static final String ADD = """
            INSERT INTO host_minute (host, minute, key_id, calls, failed)
            SELECT * FROM unnest(:hosts::text[], :minutes::timestamptz[], :keys::uuid[], :calls::bigint[],
                :failed::bigint[])
            ON CONFLICT (host, minute, key_id) DO UPDATE
            SET calls = host_minute.calls + excluded.calls, failed = host_minute.failed + excluded.failed
            """;

    private static final String SUM = """
            SELECT count(DISTINCT key_id) FILTER (WHERE failed > 0) AS keys_failing,
                coalesce(sum(calls), 0) AS calls, coalesce(sum(failed), 0) AS failed
            FROM host_minute WHERE host = :host AND minute > :since AND minute <= :until
            """;

    private static final String TELL = """
            INSERT INTO host_burst (host, told_at) VALUES (:host, :at)
            ON CONFLICT (host) DO UPDATE SET told_at = excluded.told_at WHERE host_burst.told_at <= :since
            """;

    // Minutes that begin after it was told of: within its own minute calls may have been served before it.
    private static final String GOES_ON = """
            SELECT EXISTS (
                SELECT FROM host_burst b
                WHERE b.host = :host AND b.told_at > :since AND b.told_at <= :until AND NOT EXISTS (
                    SELECT FROM host_minute m
                    WHERE m.host = b.host AND m.minute > b.told_at AND m.minute <= :until AND m.calls > m.failed))
            """;

    private final JdbcClient jdbc;

    BurstStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void add(Collection<Call> calls) {
        var counts = new TreeMap<Place, Count>(ORDER);
        for (var call : calls) {
            var place = new Place(call.host(), call.at().truncatedTo(ChronoUnit.MINUTES), call.keyId());
            counts.merge(place, new Count(1, call.failed() ? 1 : 0), Count::plus);
        }
        if (counts.isEmpty()) {
            return;
        }
        var places = counts.keySet();
        jdbc.sql(ADD)
                .param("hosts", places.stream().map(Place::host).toArray(String[]::new))
                .param(
                        "minutes",
                        places.stream().map(place -> place.minute().toString()).toArray(String[]::new))
                .param(
                        "keys",
                        places.stream().map(place -> place.keyId().toString()).toArray(String[]::new))
                .param("calls", counts.values().stream().map(Count::calls).toArray(Long[]::new))
                .param("failed", counts.values().stream().map(Count::failed).toArray(Long[]::new))
                .update();
    }

    Sum sum(String host, Instant since, Instant until) {
        return jdbc.sql(SUM)
                .param("host", host)
                .param("since", Timestamp.from(since))
                .param("until", Timestamp.from(until))
                .query((row, index) ->
                        new Sum(row.getLong("keys_failing"), row.getLong("calls"), row.getLong("failed")))
                .single();
    }

    /** True where a burst was told of in the last hour, and no call to the host was answered in a minute since. */
    boolean goesOn(String host, Instant until) {
        return jdbc.sql(GOES_ON)
                .param("host", host)
                .param("since", Timestamp.from(until.minus(LATEST)))
                .param("until", Timestamp.from(until))
                .query(Boolean.class)
                .single();
    }

    /** True for one caller alone, and not again for a while. */
    boolean tell(String host, Instant at, Instant since) {
        return jdbc.sql(TELL)
                        .param("host", host)
                        .param("at", Timestamp.from(at))
                        .param("since", Timestamp.from(since))
                        .update()
                == 1;
    }

    void forgetBefore(Instant minute) {
        jdbc.sql("DELETE FROM host_minute WHERE minute < :minute")
                .param("minute", Timestamp.from(minute))
                .update();
    }
}
