package io.quotabank.risk.key;

import io.quotabank.contracts.poolkey.PoolKeyRecord;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * The keys, as {@code pool.keys.v1} tells of them. Their sealed secrets are passed over: whoever needs one asks
 * proxy-service by the key's id.
 */
@Service
public class WatchedKeys {

    /**
     * @param ownerId null for a platform key
     * @param host where its calls go, with the port where that is not the usual one
     * @param providerAddress true where that is the address that the catalogue has for its provider
     * @param serving true where routers may use it
     * @param cooling true from a cool-down until the key is resumed or stops serving
     */
    public record WatchedKey(
            UUID id,
            @Nullable UUID ownerId,
            String provider,
            String host,
            boolean providerAddress,
            boolean serving,
            boolean cooling) {

        /** True where somebody has put it back to work. */
        boolean isBackFrom(WatchedKey before) {
            return serving && (!before.serving || (before.cooling && !cooling));
        }
    }

    /** Published in the transaction that hears of it: somebody has put these keys back to work. */
    public record Back(List<UUID> keyIds) {
        public Back {
            keyIds = List.copyOf(keyIds);
        }
    }

    private static final String LOCK = "SELECT * FROM watched_key WHERE id = ANY(:ids::uuid[]) ORDER BY id FOR UPDATE";

    private static final String PUT = """
            INSERT INTO watched_key (id, version, owner_id, provider, host, provider_address, serving, cooling)
            VALUES (:id, :version, :owner, :provider, :host, :providerAddress, :serving, :cooling)
            ON CONFLICT (id) DO UPDATE SET version = excluded.version, owner_id = excluded.owner_id,
                provider = excluded.provider, host = excluded.host, provider_address = excluded.provider_address,
                serving = excluded.serving, cooling = excluded.cooling
            WHERE watched_key.version < excluded.version
            """;

    private final JdbcClient jdbc;
    private final ApplicationEventPublisher events;

    WatchedKeys(JdbcClient jdbc, ApplicationEventPublisher events) {
        this.jdbc = jdbc;
        this.events = events;
    }

    public Map<UUID, WatchedKey> find(Collection<UUID> ids) {
        var found = new HashMap<UUID, WatchedKey>();
        read("SELECT * FROM watched_key WHERE id = ANY(:ids::uuid[])", ids)
                .forEach(known -> found.put(known.key().id(), known.key()));
        return found;
    }

    public Optional<WatchedKey> find(UUID id) {
        return Optional.ofNullable(find(List.of(id)).get(id));
    }

    /** What may draw on one account at the provider: a key, and all others of its owner there, in whatever state. */
    public List<UUID> ofOneAccount(WatchedKey key) {
        return jdbc.sql("SELECT id FROM watched_key WHERE host = :host AND owner_id IS NOT DISTINCT FROM :owner::uuid")
                .param("host", key.host())
                .param("owner", key.ownerId())
                .query(UUID.class)
                .list();
    }

    /**
     * Takes records by their versions: a key that was paused and resumed within one poll is back as well. One that is not
     * newer, or says nothing that matters here, changes nothing.
     */
    @Transactional
    public void take(List<PoolKeyRecord> records) {
        var ids = records.stream().map(PoolKeyRecord::keyId).collect(Collectors.toCollection(TreeSet::new));
        var known = new HashMap<UUID, Known>();
        read(LOCK, ids).forEach(one -> known.put(one.key().id(), one));
        var back = new TreeSet<UUID>();
        records.stream()
                .sorted(Comparator.comparing(PoolKeyRecord::keyId).thenComparingLong(PoolKeyRecord::version))
                .forEach(record -> {
                    var before = known.get(record.keyId());
                    if (put(record, before)) {
                        back.add(record.keyId());
                    }
                    if (before == null || record.version() > before.version()) {
                        known.put(record.keyId(), new Known(of(record), record.version()));
                    }
                });
        if (!back.isEmpty()) {
            events.publishEvent(new Back(List.copyOf(back)));
        }
    }

    /** True where the key is back. */
    private boolean put(PoolKeyRecord record, @Nullable Known before) {
        var key = of(record);
        if (before != null && (record.version() <= before.version() || key.equals(before.key()))) {
            return false;
        }
        jdbc.sql(PUT)
                .param("id", key.id())
                .param("version", record.version())
                .param("owner", key.ownerId())
                .param("provider", key.provider())
                .param("host", key.host())
                .param("providerAddress", key.providerAddress())
                .param("serving", key.serving())
                .param("cooling", key.cooling())
                .update();
        return before != null && key.isBackFrom(before.key());
    }

    private record Known(WatchedKey key, long version) {}

    private List<Known> read(String sql, Collection<UUID> ids) {
        return jdbc.sql(sql)
                .param("ids", ids.stream().map(UUID::toString).toArray(String[]::new))
                .query(WatchedKeys::known)
                .list();
    }

    private static Known known(ResultSet row, int index) throws SQLException {
        var key = new WatchedKey(
                row.getObject("id", UUID.class),
                row.getObject("owner_id", UUID.class),
                row.getString("provider"),
                row.getString("host"),
                row.getBoolean("provider_address"),
                row.getBoolean("serving"),
                row.getBoolean("cooling"));
        return new Known(key, row.getLong("version"));
    }

    private static WatchedKey of(PoolKeyRecord record) {
        return new WatchedKey(
                record.keyId(),
                record.ownerId(),
                record.provider(),
                host(record.baseUrl()),
                record.providerAddress(),
                record.routable(),
                record.coolingUntilMs() != null);
    }

    private static String host(String baseUrl) {
        var authority = URI.create(baseUrl).getRawAuthority();
        if (authority == null) {
            throw new IllegalArgumentException("a base URL without a host");
        }
        return authority;
    }
}
