package io.quotabank.proxy.routing;

import io.quotabank.contracts.poolkey.PoolKeyRecord;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** All keys by id, and their hosts. A record that is not newer than the one held is dropped. */
final class KeyTable {

    private final RoutingProperties properties;
    private final Map<UUID, RoutedKey> keys = new ConcurrentHashMap<>();
    private final Map<String, HostHealth> hosts = new ConcurrentHashMap<>();

    KeyTable(RoutingProperties properties) {
        this.properties = properties;
    }

    /** Takes a record; false where it was not newer. */
    boolean put(PoolKeyRecord newer, long nowMs) {
        var known = keys.get(newer.keyId());
        if (known != null && newer.version() <= known.pool().version()) {
            return false;
        }
        var hostName = authority(newer.baseUrl());
        var host = hosts.computeIfAbsent(hostName, name -> new HostHealth(properties));
        if (known == null) {
            keys.put(newer.keyId(), new RoutedKey(newer, hostName, host, properties));
        } else {
            known.update(newer, hostName, host, nowMs);
        }
        return true;
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
