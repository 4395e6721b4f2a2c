package io.quotabank.pool.quota;

import io.quotabank.contracts.money.Credits;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Which requests have been counted, and the partitions that hold them. */
@Repository
class UsageStore {

    /** What one key served and earned in a request. */
    record Part(Credits served, Credits earned) {
        static final Part NONE = new Part(Credits.ZERO, Credits.ZERO);

        Part plus(Part other) {
            return new Part(served.plus(other.served), earned.plus(other.earned));
        }
    }

    private static final String ADD = """
            INSERT INTO usage_request (id, keys, served_micro, earned_micro)
            SELECT id, keys::uuid[], served::bigint[], earned::bigint[]
            FROM unnest(:ids::uuid[], :keys::text[], :served::text[], :earned::text[]) AS u (id, keys, served, earned)
            ON CONFLICT (id) DO NOTHING RETURNING id
            """;

    private static final String COUNTED =
            "SELECT * FROM usage_request WHERE id = ANY(:ids::uuid[]) ORDER BY id FOR UPDATE";

    private static final String CORRECT = """
            UPDATE usage_request SET keys = :keys::uuid[], served_micro = :served::bigint[],
                earned_micro = :earned::bigint[]
            WHERE id = :id
            """;

    private final JdbcClient jdbc;

    UsageStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Notes requests as counted; gives those that had not been. */
    Set<UUID> add(Map<UUID, Map<UUID, Part>> requests) {
        // One order of locks for all instances.
        var sorted = new TreeMap<>(requests);
        return new HashSet<>(jdbc.sql(ADD)
                .param("ids", texts(sorted.keySet()))
                .param("keys", sorted.values().stream().map(UsageStore::keys).toArray(String[]::new))
                .param(
                        "served",
                        sorted.values().stream().map(UsageStore::served).toArray(String[]::new))
                .param(
                        "earned",
                        sorted.values().stream().map(UsageStore::earned).toArray(String[]::new))
                .query(UUID.class)
                .list());
    }

    /** What has been counted of these requests, locked. */
    Map<UUID, Map<UUID, Part>> counted(Collection<UUID> requests) {
        var counted = new HashMap<UUID, Map<UUID, Part>>();
        jdbc.sql(COUNTED).param("ids", texts(requests)).query(row -> {
            counted.put(row.getObject("id", UUID.class), parts(row));
        });
        return counted;
    }

    void correct(UUID request, Map<UUID, Part> parts) {
        jdbc.sql(CORRECT)
                .param("id", request)
                .param("keys", keys(parts))
                .param("served", served(parts))
                .param("earned", earned(parts))
                .update();
    }

    void ensurePartitions(LocalDate day) {
        jdbc.sql("SELECT 1 FROM (SELECT partitions_ensure(:day))")
                .param("day", Date.valueOf(day))
                .query(Integer.class)
                .single();
    }

    int forgetBefore(LocalDate day) {
        return jdbc.sql("SELECT usage_request_forget(:day)")
                .param("day", Date.valueOf(day))
                .query(Integer.class)
                .single();
    }

    private static Map<UUID, Part> parts(ResultSet row) throws SQLException {
        var keys = (UUID[]) row.getArray("keys").getArray();
        var served = (Long[]) row.getArray("served_micro").getArray();
        var earned = (Long[]) row.getArray("earned_micro").getArray();
        var parts = new HashMap<UUID, Part>();
        for (int i = 0; i < keys.length; i++) {
            parts.put(keys[i], new Part(new Credits(served[i]), new Credits(earned[i])));
        }
        return parts;
    }

    private static String keys(Map<UUID, Part> parts) {
        return literal(parts.keySet().stream().map(UUID::toString).toList());
    }

    private static String served(Map<UUID, Part> parts) {
        return literal(parts.values().stream()
                .map(part -> Long.toString(part.served().micro()))
                .toList());
    }

    private static String earned(Map<UUID, Part> parts) {
        return literal(parts.values().stream()
                .map(part -> Long.toString(part.earned().micro()))
                .toList());
    }

    /** An array as PostgreSQL writes it; ids and numbers need no quotes. */
    private static String literal(List<String> elements) {
        return elements.stream().collect(Collectors.joining(",", "{", "}"));
    }

    private static String[] texts(Collection<UUID> ids) {
        return ids.stream().map(UUID::toString).toArray(String[]::new);
    }
}
