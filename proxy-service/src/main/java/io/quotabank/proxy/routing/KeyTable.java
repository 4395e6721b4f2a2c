package io.quotabank.proxy.routing;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.quotabank.contracts.poolkey.PoolKeyRecord;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All keys by id, and the hosts that they are at. A record that is not newer than the one held is dropped. A withdrawn key
 * never comes back: only its version is kept, for a while, so that a late re-send does not revive it.
 */
final class KeyTable {

    private static final Logger LOG = LoggerFactory.getLogger(KeyTable.class);
    private static final int WITHDRAWN_KEPT = 100_000;

    private final RoutingProperties properties;
    private final Map<UUID, RoutedKey> keys = new ConcurrentHashMap<>();
    private final Map<String, HostHealth> hosts = new ConcurrentHashMap<>();
    private final Cache<UUID, Long> withdrawn =
            Caffeine.newBuilder().maximumSize(WITHDRAWN_KEPT).build();

    KeyTable(RoutingProperties properties) {
        this.properties = properties;
    }

    /**
     * Takes a record; false where it was not newer, or there are too many keys already.
     *
     * @param nowMs monotonic milliseconds
     * @param wallMs the same moment in milliseconds since 1970
     */
    synchronized boolean put(PoolKeyRecord newer, long nowMs, long wallMs) {
        var id = newer.keyId();
        var known = keys.get(id);
        var gone = withdrawn.getIfPresent(id);
        if ((known != null && newer.version() <= known.pool().version()) || (gone != null && newer.version() <= gone)) {
            return false;
        }
        if (newer.state() == PoolKeyRecord.State.WITHDRAWN) {
            withdrawn.put(id, newer.version());
            return remove(newer, nowMs);
        }
        if (known == null && keys.size() >= properties.mostKeys()) {
            LOG.error("key {} is left out: there are {} already", id, keys.size());
            return false;
        }
        take(newer, known, nowMs, wallMs);
        return true;
    }

    private void take(PoolKeyRecord newer, @Nullable RoutedKey known, long nowMs, long wallMs) {
        var hostName = authority(newer.baseUrl());
        var host = hosts.computeIfAbsent(hostName, name -> new HostHealth(properties));
        if (known == null) {
            var fresh = new RoutedKey(newer, hostName, host, properties);
            fresh.coolAsTold(nowMs, wallMs);
            keys.put(newer.keyId(), fresh);
            return;
        }
        var before = known.hostName();
        known.update(newer, hostName, host, nowMs);
        known.coolAsTold(nowMs, wallMs);
        if (!before.equals(hostName)) {
            forgetUnused(before);
        }
    }

    private boolean remove(PoolKeyRecord last, long nowMs) {
        var known = keys.remove(last.keyId());
        if (known == null) {
            return false;
        }
        // Rankings made before still hold it, and are not to choose it.
        known.update(last, known.hostName(), known.host(), nowMs);
        forgetUnused(known.hostName());
        return true;
    }

    private void forgetUnused(String hostName) {
        if (keys.values().stream().noneMatch(key -> key.hostName().equals(hostName))) {
            hosts.remove(hostName);
        }
    }

    Optional<RoutedKey> find(UUID keyId) {
        return Optional.ofNullable(keys.get(keyId));
    }

    /** How many hosts are known. */
    int hosts() {
        return hosts.size();
    }

    Collection<RoutedKey> all() {
        return keys.values();
    }

    /** The keys that may be routed to, by the models that they serve. */
    Map<String, List<RoutedKey>> byModel() {
        var byModel = new HashMap<String, List<RoutedKey>>();
        for (var key : keys.values()) {
            if (key.pool().routable()) {
                for (var model : key.pool().models()) {
                    byModel.computeIfAbsent(model, name -> new ArrayList<>()).add(key);
                }
            }
        }
        return byModel;
    }

    private static String authority(String baseUrl) {
        try {
            var authority = URI.create(baseUrl).getRawAuthority();
            return authority == null ? baseUrl : authority;
        } catch (IllegalArgumentException malformed) {
            // A call to it will fail, and be the fault of this address alone.
            return baseUrl;
        }
    }
}
