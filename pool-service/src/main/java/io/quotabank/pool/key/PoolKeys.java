package io.quotabank.pool.key;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Kind;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Limits;
import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import io.quotabank.platform.id.Ids;
import io.quotabank.pool.catalog.Catalog;
import io.quotabank.pool.custody.SealedSecret;
import io.quotabank.pool.key.KeyStore.Audit;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The deposited keys. Each change locks the key's row, is judged by {@link KeyLife}, and leaves in one transaction the
 * row with a higher version, an audit record and the record that routers follow.
 */
@Service
public class PoolKeys {

    /** @param claimed the quota that is claimed, as list cost */
    public record NewKey(
            UUID id,
            @Nullable UUID ownerId,
            int ownerBasisPoints,
            Kind kind,
            int priority,
            String provider,
            String baseUrl,
            List<String> models,
            SealedSecret secret,
            @Nullable Credits claimed,
            @Nullable Instant quotaExpiresAt,
            @Nullable String variable) {}

    /** Who changes a key, and why: what the audit record will say. */
    public record By(String actor, String reason) {
        public static By pool(String reason) {
            return new By("service:pool-service", reason);
        }

        public static By risk(String reason) {
            return new By("service:risk-service", reason);
        }
    }

    /** How a change that somebody asked for can end. */
    public sealed interface Outcome {
        record Done(Key key) implements Outcome {}

        record Refused(State state) implements Outcome {}

        record Unknown() implements Outcome {}
    }

    private final KeyStore store;
    private final Catalog catalog;
    private final KeyProperties properties;
    private final ApplicationEventPublisher events;
    private final Clock clock;
    private final Ids ids;

    PoolKeys(
            KeyStore store,
            Catalog catalog,
            KeyProperties properties,
            ApplicationEventPublisher events,
            Clock clock,
            Ids ids) {
        this.store = store;
        this.catalog = catalog;
        this.properties = properties;
        this.events = events;
        this.clock = clock;
        this.ids = ids;
    }

    /** Adds a key that is yet to be verified. False: the pool holds the same secret already. */
    @Transactional(propagation = Propagation.MANDATORY)
    public boolean add(NewKey fresh, By by) {
        var now = now();
        var key = new Key(
                fresh.id(),
                1,
                fresh.ownerId(),
                fresh.ownerBasisPoints(),
                fresh.kind(),
                fresh.priority(),
                fresh.provider(),
                fresh.baseUrl(),
                fresh.models(),
                fresh.models(),
                KeyLife.deposited(fresh.claimed()),
                fresh.secret().lastFour(),
                fresh.variable(),
                Limits.NONE,
                fresh.quotaExpiresAt(),
                null,
                now,
                now);
        if (!store.insert(key, fresh.secret())) {
            return false;
        }
        store.add(Audit.of(ids.next(), null, key, "deposited", by));
        return true;
    }

    public Optional<Key> find(UUID keyId) {
        return store.find(keyId);
    }

    public Optional<Key> findByVariable(String variable) {
        return store.findByVariable(variable);
    }

    /** The sealed secret of a key that still has one. */
    public Optional<String> sealedSecret(UUID keyId) {
        return store.sealed(keyId);
    }

    public boolean holds(UUID keyId, SealedSecret secret) {
        return store.fingerprint(keyId).filter(secret::matches).isPresent();
    }

    /**
     * Real calls have succeeded.
     *
     * @param models those that the key has been seen to serve
     * @param told the balance that the provider tells, as list cost
     */
    @Transactional
    public Outcome prove(UUID keyId, List<String> models, @Nullable Credits told, By by) {
        return change(keyId, "verified", by, key -> {
            var life = key.life().prove(told, properties.lowBelow());
            return Optional.of(key.with(life, models, key.limits()));
        });
    }

    @Transactional
    public Outcome disprove(UUID keyId, By by) {
        return change(
                keyId, "refused", by, key -> Optional.of(key.with(key.life().disprove())));
    }

    /** The provider says that nothing is left on the key, whatever we count. */
    @Transactional
    public Outcome exhaust(UUID keyId, By by) {
        return change(
                keyId, "exhausted", by, key -> Optional.of(key.with(key.life().exhaust())));
    }

    /** Leaves a key alone for a while: routers pass it over, then try it with one call at a time. */
    @Transactional
    public Outcome cool(UUID keyId, Duration rest, By by) {
        var until = now().plus(rest);
        return change(keyId, "cooled", by, key -> Optional.of(key.life().coolable() ? key.cooled(until) : key));
    }

    /** Leaves a key to a person. */
    @Transactional
    public Outcome flag(UUID keyId, By by) {
        return change(
                keyId, "flagged", by, key -> Optional.of(key.with(key.life().flag())));
    }

    /** @param byPlatform true: the owner can't resume it */
    @Transactional
    public Outcome pause(UUID keyId, boolean byPlatform, By by) {
        return change(keyId, "paused", by, key -> key.life().pause(byPlatform).map(key::with));
    }

    @Transactional
    public Outcome resume(UUID keyId, boolean byPlatform, By by) {
        var outcome = change(
                keyId,
                "resumed",
                by,
                key -> key.life()
                        .resume(byPlatform, properties.lowBelow())
                        .map(life -> key.with(life).cooled(null)));
        if (outcome instanceof Outcome.Done done) {
            events.publishEvent(new Resumed(keyId, done.key().state() == State.VERIFYING));
        }
        return outcome;
    }

    /** Stops a key for good and forgets its secret. Once is as good as twice. */
    @Transactional
    public Outcome withdraw(UUID keyId, By by) {
        return change(
                keyId, "withdrawn", by, key -> Optional.of(key.with(key.life().withdraw())));
    }

    @Transactional
    public Outcome limit(UUID keyId, UnaryOperator<Limits> limits, By by) {
        return change(
                keyId,
                "limited",
                by,
                key -> key.state() == State.WITHDRAWN
                        ? Optional.empty()
                        : Optional.of(key.with(key.life(), key.models(), limits.apply(key.limits()))));
    }

    /** Gives a platform key what its environment holds now. It is verified again. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Outcome replace(UUID keyId, SealedSecret secret, String baseUrl, List<String> models, By by) {
        store.replaceSecret(keyId, secret);
        return change(keyId, "replaced", by, key -> Optional.of(key.replaced(baseUrl, models, secret.lastFour())));
    }

    /** Says what a platform key is there for. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Outcome place(UUID keyId, Kind kind, int priority, By by) {
        return change(keyId, "placed", by, key -> Optional.of(key.placed(kind, priority)));
    }

    @Transactional
    public Outcome expire(UUID keyId, By by) {
        return change(
                keyId, "expired", by, key -> Optional.of(key.with(key.life().expire())));
    }

    /** Lets quotas fall by list cost, in the caller's transaction. An unknown key is refused. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void use(Map<UUID, Credits> listCosts) {
        var keys = store.lock(listCosts.keySet());
        if (keys.size() < listCosts.size()) {
            throw new IllegalArgumentException("a use of a key that the pool never had");
        }
        for (var key : keys) {
            var life = key.life().use(listCosts.getOrDefault(key.id(), Credits.ZERO), properties.lowBelow());
            if (life.state() != key.state()) {
                save(key, key.with(life), "used", By.pool("metered use"));
            }
        }
        store.addUse(listCosts, keys);
    }

    /** Put back to work, at once or once it has proven itself: what its calls did before is forgiven. */
    public record Resumed(UUID keyId, boolean toBeProven) {}

    private Outcome change(UUID keyId, String action, By by, Function<Key, Optional<Key>> judge) {
        var found = store.lock(List.of(keyId));
        if (found.isEmpty()) {
            return new Outcome.Unknown();
        }
        var before = found.getFirst();
        return judge.apply(before)
                .<Outcome>map(after -> new Outcome.Done(save(before, after, action, by)))
                .orElseGet(() -> new Outcome.Refused(before.state()));
    }

    private Key save(Key before, Key after, String action, By by) {
        if (after.equals(before)) {
            return before;
        }
        var next = after.changed(now());
        if (!next.life().keepsSecret()) {
            store.forgetSecret(next.id());
        }
        store.update(next);
        store.add(Audit.of(ids.next(), before, next, action, by));
        tell(next);
        return next;
    }

    private void tell(Key key) {
        if (key.life().told()) {
            store.told(key, key.changedAt());
            events.publishEvent(record(key));
        }
    }

    PoolKeyRecord record(Key key) {
        boolean providerAddress = catalog.provider(key.provider())
                .filter(provider -> provider.baseUrl().equals(key.baseUrl()))
                .isPresent();
        return key.record(store.sealed(key.id()).orElse(""), providerAddress);
    }

    // PostgreSQL keeps microseconds; a finer instant would differ from what is read back.
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
