package io.quotabank.pool.key;

import io.quotabank.pool.key.PoolKeys.By;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Tells routers of keys again: what is left of a quota, what got lost behind an older record, what has expired. */
@Component
class Retelling {

    // The predicate of the index key_quota_untold, and not more often than once in a while.
    private static final String UNTOLD = """
            SELECT key_id FROM key_quota
            WHERE greatest(quota_micro - used_micro, 0) <= published_micro - greatest(published_micro / 100, 1)
              AND published_at <= :latest
            ORDER BY published_at LIMIT :limit
            """;

    private static final String EXPIRED = """
            SELECT id FROM pool_key WHERE state IN ('active', 'low') AND quota_expires_at <= :now
            ORDER BY quota_expires_at LIMIT :limit
            """;

    // Withdrawn keys never come here: nothing of theirs is left to be told.
    private static final String RAISE = "UPDATE pool_key SET version = version + 1 WHERE id = :id";

    private static final String NEWER = """
            SELECT k.id FROM pool_key k JOIN unnest(:ids::uuid[], :versions::bigint[]) AS seen (id, version) USING (id)
            WHERE k.version > seen.version
            """;

    private final PoolKeys keys;
    private final KeyStore store;
    private final KeyProperties properties;
    private final ApplicationEventPublisher events;
    private final JdbcClient jdbc;
    private final Clock clock;

    Retelling(
            PoolKeys keys,
            KeyStore store,
            KeyProperties properties,
            ApplicationEventPublisher events,
            JdbcClient jdbc,
            Clock clock) {
        this.keys = keys;
        this.store = store;
        this.properties = properties;
        this.events = events;
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** Tells what is left of quotas that have fallen by a hundredth or more. */
    @Transactional
    public void tellRemaining() {
        var now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        var latest = now.minus(properties.tellEvery());
        var untold = jdbc.sql(UNTOLD)
                .param("latest", Timestamp.from(latest))
                .param("limit", properties.tellBatch())
                .query(UUID.class)
                .list();
        if (untold.isEmpty()) {
            return;
        }
        for (var key : store.lock(untold)) {
            jdbc.sql(RAISE).param("id", key.id()).update();
            store.told(key, now);
            events.publishEvent(keys.record(key.changed(key.changedAt())));
        }
    }

    /** Ends the keys whose unused quota has lapsed at the provider. */
    public void endExpired() {
        var expired = jdbc.sql(EXPIRED)
                .param("now", Timestamp.from(clock.instant()))
                .param("limit", properties.tellBatch())
                .query(UUID.class)
                .list();
        expired.forEach(id -> keys.expire(id, By.pool("the provider's quota has expired")));
    }

    /**
     * Sends the present record of keys that were seen on the topic with an older version. The outbox may send two
     * changes of a key in the wrong order; compaction would then keep the older one, and a router that starts later
     * would bring a withdrawn key back.
     */
    @Transactional
    public void tellAgain(List<UUID> ids, List<Long> versions) {
        var behind = jdbc.sql(NEWER)
                .param("ids", KeyRows.texts(ids))
                .param("versions", versions.toArray(Long[]::new))
                .query(UUID.class)
                .list();
        if (behind.isEmpty()) {
            return;
        }
        store.lock(behind).forEach(key -> events.publishEvent(keys.record(key)));
    }
}
